import { utils } from "ssh2";
import { LabError } from "../../../core/errors";

const ALGORITHMS = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"] as const;

/** Key that a node must show. */
export interface PinnedHostKey {
  /** What to ask for: a server has several keys and shows one. */
  readonly algorithm: (typeof ALGORITHMS)[number];
  readonly blob: Buffer;
}

/** Reads a public key such as `ssh-ed25519 AAAA...`. */
export function parsePinnedHostKey(text: string): PinnedHostKey {
  const key = utils.parseKey(text.trim());
  if (key instanceof Error || Array.isArray(key)) {
    throw new LabError('The host key of a node has to be one line such as "ssh-ed25519 AAAA...", and is not.');
  }
  const algorithm = ALGORITHMS.find((name) => name === key.type);
  if (algorithm === undefined) {
    throw new LabError(`The host key of a node is of type ${key.type}; it has to be one of ${ALGORITHMS.join(", ")}.`);
  }
  return { algorithm, blob: key.getPublicSSH() };
}
