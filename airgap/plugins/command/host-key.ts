import { utils } from "ssh2";

/** The server showed another key than the pinned one. To try again would not help, and may be what an attacker wants. */
export class HostKeyMismatch extends Error {}

/** Key that a server must show. */
export interface PinnedHostKey {
  /** What to ask the server for, e.g. `ssh-ed25519`: it shows one key only, and has several. */
  readonly algorithms: readonly ("ssh-ed25519" | "rsa-sha2-512" | "rsa-sha2-256" | "ssh-rsa" | EcdsaAlgorithm)[];
  readonly blob: Buffer;
}

type EcdsaAlgorithm = "ecdsa-sha2-nistp256" | "ecdsa-sha2-nistp384" | "ecdsa-sha2-nistp521";
const RSA_SIGNATURES = ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] as const;
const ALGORITHMS = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"] as const;

/** Reads a public key such as `ssh-ed25519 AAAA...`. */
export function parseHostKey(text: string): PinnedHostKey {
  const key = utils.parseKey(text.trim());
  if (key instanceof Error || Array.isArray(key)) {
    throw new Error('connection.hostKey is not a public key; give one line such as "ssh-ed25519 AAAA..."');
  }
  const blob = key.getPublicSSH();
  if (key.type === "ssh-rsa") {
    return { algorithms: RSA_SIGNATURES, blob };
  }
  const algorithm = ALGORITHMS.find((name) => name === key.type);
  if (algorithm === undefined) {
    throw new Error(`connection.hostKey is of type ${key.type}; it must be ssh-rsa or one of ${ALGORITHMS.join(", ")}`);
  }
  return { algorithms: [algorithm], blob };
}
