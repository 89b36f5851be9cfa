import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../../core/errors";
import { hostKeyAlias, sshDirectory } from "./options";

/** What it takes to log in to a node and to know it again. */
export interface SeatAccess {
  /** The operator's private key, as OpenSSH writes it. */
  readonly privateKey: string;
  /** The node's public host key: type and key, one line. */
  readonly hostKey: string;
}

/** Reads a stack's SSH files for one of its nodes. Throws where there are none, or none for this node. */
export function readSeatAccess(programDirectory: string, stack: string, node: string): SeatAccess {
  const read = (name: string) => readKeyFile(programDirectory, join(sshDirectory(stack), name));
  const hostKey = hostKeyIn(read("known_hosts"), hostKeyAlias(stack, node));
  if (hostKey === undefined) {
    throw new LabError(`${join(sshDirectory(stack), "known_hosts")} has no host key of ${node}.`, {
      hint: RESTORE_KEYS,
    });
  }
  return { privateKey: read("id_ed25519"), hostKey };
}

const RESTORE_KEYS =
  "The lab's key files are created with it and live as long. Restore them, or recreate the lab: ./lab down, then ./lab up.";

function readKeyFile(programDirectory: string, file: string): string {
  try {
    return readFileSync(join(programDirectory, file), "utf8");
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new LabError(`The key file ${file} cannot be read (${code}).`, { hint: RESTORE_KEYS, cause: error });
  }
}

function hostKeyIn(knownHosts: string, alias: string): string | undefined {
  const line = knownHosts.split("\n").find((candidate) => candidate.startsWith(`${alias} `));
  return line?.slice(alias.length + 1).trim();
}
