import { encryptedVolumes, imdsV2, noOpenSsh, pinnedMachineImages, tagged, timeToLive } from "./aws-rules";
import { pinnedImages, platformSet } from "./docker-rules";
import type { Rule } from "./resource";

/** Every rule of the pack. */
export const RULES: readonly Rule[] = [
  noOpenSsh,
  imdsV2,
  encryptedVolumes,
  tagged,
  timeToLive,
  pinnedMachineImages,
  platformSet,
  pinnedImages,
];
