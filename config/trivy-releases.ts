/** Releases that carried malware (March 2026). No sum makes them welcome. */
export const REFUSED_TRIVY_VERSIONS = ["0.69.4", "0.69.5", "0.69.6"] as const;

/** The refused release that a version, file name or URL carries; undefined when it carries none. */
export function refusedTrivyVersion(text: string): string | undefined {
  return REFUSED_TRIVY_VERSIONS.find((version) =>
    new RegExp(`(?<![0-9.])${version.replaceAll(".", "\\.")}(?![0-9])`).test(text),
  );
}
