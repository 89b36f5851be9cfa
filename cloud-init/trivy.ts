/** What a node is to install: the content of its `/etc/lab-nodes/trivy.json`, for install-trivy.sh. */
export interface TrivyInstallation {
  readonly version: string;
  /** URL of the release archive, or its path on the node. */
  readonly archive: string;
  readonly sha256: string;
  readonly database: TrivyDatabase;
}

/** Where the vulnerability database comes from. No repositories: Trivy's own. */
export type TrivyDatabase =
  | { readonly kind: "registry"; readonly repositories: readonly string[] }
  | { readonly kind: "baked"; readonly archive: string; readonly sha256: string };

/**
 * Settings of Trivy for every login, read by PAM. The database was put in place when the class was made: no student's scan
 * downloads anything, or meets a rate limit.
 */
export function trivyEnvironment(database: TrivyDatabase): string {
  const names = [
    "TRIVY_SKIP_DB_UPDATE",
    "TRIVY_SKIP_JAVA_DB_UPDATE",
    "TRIVY_SKIP_VERSION_CHECK",
    "TRIVY_DISABLE_TELEMETRY",
    ...(database.kind === "baked" ? ["TRIVY_OFFLINE_SCAN"] : []),
  ];
  return names.map((name) => `${name}=true\n`).join("");
}
