import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../../core/errors";
import { hostKeyAlias, sshDirectory } from "./options";

/** Keys to log in to a node and to verify that it is the right one. */
export interface SeatAccess {
  /** The operator's private key, as OpenSSH writes it. */
  readonly privateKey: string;
  /** The node's public host key: type and key, one line. */
  readonly hostKey: string;
}

const RESTORE_KEYS =
  "The lab's key files are created with it and live as long. Restore them, or recreate the lab: ./lab down, then ./lab up.";

/** Reads a stack's SSH files for one of its nodes. Throws if they are missing, or have no host key of this node. */
export function readSeatAccess(programDirectory: string, stack: string, node: string): SeatAccess {
  const read = (name: string) => {
    const file = join(sshDirectory(stack), name);
    try {
      return readFileSync(join(programDirectory, file), "utf8");
    } catch (error) {
      const { code = "unknown" } = error as NodeJS.ErrnoException;
      throw new LabError(`The key file ${file} cannot be read (${code}).`, { hint: RESTORE_KEYS, cause: error });
    }
  };
  const alias = `${hostKeyAlias(stack, node)} `;
  const known = read("known_hosts")
    .split("\n")
    .find((line) => line.startsWith(alias));
  if (known === undefined) {
    throw new LabError(`${join(sshDirectory(stack), "known_hosts")} has no host key of ${node}.`, {
      hint: RESTORE_KEYS,
    });
  }
  return { privateKey: read("id_ed25519"), hostKey: known.slice(alias.length).trim() };
}
