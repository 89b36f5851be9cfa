import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { UserDataPart, UserDataValues } from "../../../cloud-init/user-data";
import { runError } from "../../run-error";

/** What EC2 takes, before base64. */
export const USER_DATA_LIMIT = 16_384;

/** The MIME document around the parts, compressed; another compressor may take a little more than ours. */
const ALLOWANCE = 512;

/** Keys as long, and as hard to compress, as those of a real node: nothing has been made when the size is first judged. */
export const SAMPLE_KEYS: Pick<UserDataValues, "authorizedKeys" | "studentKeys" | "hostKey"> = {
  authorizedKeys: [`ssh-ed25519 ${sampleText(68)}`],
  // From where none of the others reaches: text that comes twice would be compressed away.
  studentKeys: [`ssh-ed25519 ${sampleText(500).slice(-68)}`],
  hostKey: {
    privateKey: `-----BEGIN OPENSSH PRIVATE KEY-----\n${sampleText(340)}\n-----END OPENSSH PRIVATE KEY-----\n`,
    publicKey: `ssh-ed25519 ${sampleText(68)}`,
  },
};

/** What speaks against user data of these parts. */
export function userDataProblems(parts: readonly UserDataPart[]): string[] {
  const bytes = userDataBytes(parts);
  return bytes <= USER_DATA_LIMIT ? [] : [tooLarge(bytes)];
}

/** What user data of these parts takes at most, compressed. */
export function userDataBytes(parts: readonly UserDataPart[]): number {
  return gzipSync(parts.map(({ content }) => content).join("\n")).length + ALLOWANCE;
}

/** The same user data, judged once more as EC2 gets it: compressed and in base64. */
export function checkedUserData(encoded: string): string {
  const bytes = Buffer.from(encoded, "base64").length;
  if (bytes > USER_DATA_LIMIT) {
    throw runError(tooLarge(bytes));
  }
  return encoded;
}

function tooLarge(bytes: number): string {
  return (
    `the user data of a machine takes ${bytes} bytes compressed, EC2 takes ${USER_DATA_LIMIT}: ` +
    "shorten the longest settings, or what the files under cloud-init/files hold"
  );
}

function sampleText(length: number): string {
  let text = "";
  while (text.length < length) {
    text += createHash("sha512").update(`sample ${text.length}`).digest("base64");
  }
  return text.slice(0, length);
}
