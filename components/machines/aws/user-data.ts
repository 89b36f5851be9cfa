import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { renderUserData, type UserDataPart, type UserDataValues } from "../../../cloud-init/user-data";
import { expiryOf } from "../../../config/expiry";
import type { LabConfig } from "../../../config/schema";
import { dockerInstallation, trivyInstallation } from "../../installations";
import { runError } from "../../run-error";

/** EC2's limit in bytes, before base64. */
export const USER_DATA_LIMIT = 16_384;

/** Bytes for the MIME document around the parts, and for differences between compressors. */
const ALLOWANCE = 512;

/** Sample keys, as long and incompressible as real ones, for a size check before keys are created. */
export const SAMPLE_KEYS: Pick<UserDataValues, "authorizedKeys" | "studentKeys" | "hostKey"> = {
  authorizedKeys: [`ssh-ed25519 ${sampleText(68)}`],
  // Must not repeat the other samples, which would compress.
  studentKeys: [`ssh-ed25519 ${sampleText(500).slice(-68)}`],
  hostKey: {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${sampleText(340)}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `ssh-ed25519 ${sampleText(68)}`,
  },
};

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

/** Problems with the size of user data. */
export function userDataProblems(parts: readonly UserDataPart[]): string[] {
  const bytes = userDataBytes(parts);
  return bytes <= USER_DATA_LIMIT ? [] : [tooLarge(bytes)];
}

/** Upper bound of the compressed size of user data, in bytes. */
export function userDataBytes(parts: readonly UserDataPart[]): number {
  return gzipSync(parts.map(({ content }) => content).join("\n")).length + ALLOWANCE;
}

/** Checks the size of the final user data, compressed and in base64. Throws a `RunError` if EC2 would refuse it. */
export function checkedUserData(encoded: string): string {
  const bytes = Buffer.from(encoded, "base64").length;
  if (bytes > USER_DATA_LIMIT) {
    throw runError(tooLarge(bytes));
  }
  return encoded;
}

function tooLarge(bytes: number): string {
  return (
    `a machine's user data has ${bytes} bytes compressed; EC2 accepts at most ${USER_DATA_LIMIT}: ` +
    "shorten the longest settings, or the files under cloud-init/files"
  );
}

function sampleText(length: number): string {
  let text = "";
  while (text.length < length) {
    text += createHash("sha512").update(`sample ${text.length}`).digest("base64");
  }
  return text.slice(0, length);
}
