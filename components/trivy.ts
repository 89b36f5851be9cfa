import type { TrivyDatabase, TrivyInstallation } from "../cloud-init/trivy";
import type { LabConfig } from "../config/schema";
import { isUrl } from "../config/values/artefact";
import type { MachineKind } from "../core/machine";
import { pinned } from "./pinned";
import { runError } from "./run-error";

type TrivySettings = LabConfig["trivy"];

/** What machines of a kind are to install: what the settings say, and what lab.lock.json pins where they say nothing. */
export function trivyInstallation(settings: TrivySettings, machines: MachineKind): TrivyInstallation {
  const { version, archives } = pinned().trivy;
  const { url, sha256 } = archives[machines.platform];
  return {
    version,
    archive: placeOf(settings.archive ?? url, machines),
    sha256: settings.sha256 ?? sha256,
    database: database(settings, machines),
  };
}

function database(settings: TrivySettings, machines: MachineKind): TrivyDatabase {
  const { databaseArchive, databaseSha256, databaseRepositories } = settings;
  if (settings.database === "baked" && databaseArchive !== undefined && databaseSha256 !== undefined) {
    return { kind: "baked", archive: placeOf(databaseArchive, machines), sha256: databaseSha256 };
  }
  return { kind: "registry", repositories: databaseRepositories?.split(",") ?? [] };
}

function placeOf(artefact: string, machines: MachineKind): string {
  if (isUrl(artefact)) {
    return artefact;
  }
  if (machines.artefactDirectory === undefined) {
    throw runError(`artefacts.directory is not set, but ${artefact} is to be in it`);
  }
  return `${machines.artefactDirectory}/${artefact}`;
}
