import * as pulumi from "@pulumi/pulumi";
import type * as tls from "@pulumi/tls";
import { derivePassword } from "../core/passwords";
import type { LabNode } from "./lab-node";
import type { NodeCommand } from "./node-command";
import { readProjectFile } from "./project-files";

const SCRIPT = readProjectFile("cloud-init/files/student-password.sh");

/** Where a student's password comes from: the seat's own key, or nowhere. */
export type PasswordKind = "generated" | "none";

/** Whose password, and what it is made from. */
export interface StudentPasswordArgs {
  /** The student's node. */
  readonly node: LabNode;
  /** Whether the password is set (`generated`) or removed (`none`). */
  readonly kind: PasswordKind;
  /** The student's key on that node. */
  readonly key: tls.PrivateKey;
}

/**
 * Sets the password of student on a node, or takes it away. By standard input: user data can be read by every process on a
 * cloud machine, arguments and variables by some on any.
 */
export function setStudentPassword(
  name: string,
  { node, kind, key }: StudentPasswordArgs,
  opts: pulumi.CustomResourceOptions,
): NodeCommand {
  // The script itself is the command: the input is for the password.
  const stdin = pulumi.secret(kind === "none" ? "" : key.privateKeyPemPkcs8.apply(derivePassword));
  return node.runOnceReady(name, { create: SCRIPT, stdin }, opts);
}
