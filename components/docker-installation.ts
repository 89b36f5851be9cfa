import type { DockerInstallation } from "../cloud-init/user-data";
import type { LabConfig } from "../config/schema";
import { pinned } from "./pinned";

/** The nodes' Docker: Docker's own packages in the versions that lab.lock.json pins, or the distribution's. */
export function dockerInstallation(
  dockerPackage: LabConfig["node"]["dockerPackage"],
  mirror?: string,
): DockerInstallation {
  return dockerPackage === "docker"
    ? { package: dockerPackage, versions: pinned().docker, mirror }
    : { package: dockerPackage, mirror };
}
