import type { TrivyDatabase, TrivyInstallation } from "../cloud-init/trivy";
import type { LabConfig } from "../config/schema";
import { isUrl } from "../config/values/artefacts";
import type { MachineKind } from "../core/machine";
import { pinned } from "./pinned";
import { runError } from "./run-error";

type TrivySettings = LabConfig["trivy"];

/** The Trivy installation for machines of a kind: from the settings, else as pinned in lab.lock.json. */
export function trivyInstallation(settings: TrivySettings, machines: MachineKind): TrivyInstallation {
  const { version, archives } = pinned().trivy;
  const { url, sha256 } = archives[machines.platform];
  return {
    version,
    archive: locationOf(settings.archive ?? url, machines),
    sha256: settings.sha256 ?? sha256,
    database: database(settings, machines),
  };
}

function database(settings: TrivySettings, machines: MachineKind): TrivyDatabase {
  const { databaseArchive, databaseSha256, databaseRepositories } = settings;
  if (settings.database === "baked" && databaseArchive !== undefined && databaseSha256 !== undefined) {
    return { kind: "baked", archive: locationOf(databaseArchive, machines), sha256: databaseSha256 };
  }
  return { kind: "registry", repositories: databaseRepositories?.split(",") ?? [] };
}

function locationOf(artefact: string, machines: MachineKind): string {
  if (isUrl(artefact)) {
    return artefact;
  }
  if (machines.artefactDirectory === undefined) {
    throw runError(`artefacts.directory: must be set, because ${artefact} is a file in it`);
  }
  return `${machines.artefactDirectory}/${artefact}`;
}
