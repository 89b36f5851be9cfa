import type { DockerInstallation } from "../cloud-init/user-data";
import type { LabConfig } from "../config/schema";
import { pinned } from "./pinned";

/** Docker on the nodes: Docker's packages in the versions pinned in lab.lock.json, or the distribution's packages. */
export function dockerInstallation(
  dockerPackage: LabConfig["node"]["dockerPackage"],
  mirror?: string,
): DockerInstallation {
  return dockerPackage === "docker"
    ? { package: dockerPackage, versions: pinned().docker, mirror }
    : { package: dockerPackage, mirror };
}
