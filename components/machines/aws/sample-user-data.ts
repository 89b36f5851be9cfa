import { renderUserData } from "../../../cloud-init/user-data";
import { expiryOf } from "../../../config/expiry";
import type { LabConfig } from "../../../config/schema";
import { dockerInstallation } from "../../docker-installation";
import { trivyInstallation } from "../../trivy";
import { SAMPLE_KEYS, userDataProblems } from "./user-data";

/** Problems with the size of user data, checked with sample keys before AWS is queried. */
export function sampleUserDataProblems(config: LabConfig): string[] {
  const { node, images, trivy, artefacts } = config;
  return userDataProblems(
    renderUserData({
      ...SAMPLE_KEYS,
      hostname: "node1",
      docker: dockerInstallation(node.dockerPackage, images.mirror),
      trivy: trivyInstallation(trivy, { platform: "linux/amd64", artefactDirectory: artefacts.directory }),
      expiry: expiryOf(config),
    }),
  );
}
