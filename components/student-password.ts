import * as pulumi from "@pulumi/pulumi";
import type * as tls from "@pulumi/tls";
import { derivePassword } from "../core/passwords";
import type { LabNode } from "./lab-node";
import type { NodeCommand } from "./node-command";
import { readProjectFile } from "./project-files";

const SCRIPT = readProjectFile("cloud-init/files/student-password.sh");

/** Whether a student's password is derived from the seat's key, or there is none. */
export type PasswordKind = "generated" | "none";

/** The node and the key to derive the password from. */
export interface StudentPasswordArgs {
  /** The student's node. */
  readonly node: LabNode;
  /** Whether the password is set (`generated`) or removed (`none`). */
  readonly kind: PasswordKind;
  /** The student's key on that node. */
  readonly key: tls.PrivateKey;
}

/**
 * Sets or removes the password of student on a node. Passed by standard input, because other processes can read user data,
 * arguments and variables.
 */
export function setStudentPassword(
  name: string,
  { node, kind, key }: StudentPasswordArgs,
  opts: pulumi.CustomResourceOptions,
): NodeCommand {
  // The script is the command, because standard input holds the password.
  const stdin = pulumi.secret(kind === "none" ? "" : key.privateKeyPemPkcs8.apply(derivePassword));
  return node.runOnceReady(name, { create: SCRIPT, stdin }, opts);
}
