import type { DockerInstallation, TrivyDatabase, TrivyInstallation } from "../cloud-init/user-data";
import { type LabLock, labLock } from "../config/lock";
import type { LabConfig } from "../config/schema";
import { isUrl } from "../config/values/artefacts";
import { messageOf } from "../core/errors";
import type { MachineKind } from "../core/machine";
import { runError } from "./run-error";

/** The contents of lab.lock.json. Throws a `RunError` with its problems if it is invalid. */
export function pinned(): LabLock {
  try {
    return labLock();
  } catch (error) {
    throw runError(messageOf(error));
  }
}

/** Docker on the nodes: Docker's packages in the versions pinned in lab.lock.json, or the distribution's packages. */
export function dockerInstallation(
  dockerPackage: LabConfig["node"]["dockerPackage"],
  mirror?: string,
): DockerInstallation {
  return dockerPackage === "docker"
    ? { package: dockerPackage, versions: pinned().docker, mirror }
    : { package: dockerPackage, mirror };
}

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
