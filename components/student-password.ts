import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type * as tls from "@pulumi/tls";
import { derivePassword } from "../core/passwords";
import type { LabNode } from "./lab-node";
import type { NodeCommand } from "./node-command";

const SCRIPT = readFileSync("cloud-init/files/student-password.sh", "utf8");

/** Whether a student's password is derived from the seat's key, or there is none. */
export type PasswordKind = "generated" | "none";

/** The node and the key to derive the password from. */
export interface StudentPasswordArgs {
  readonly node: LabNode;
  readonly kind: PasswordKind;
  /** The student's key on that node. */
  readonly key: tls.PrivateKey;
}

/**
 * Sets or removes the password of student on a node. Passed by standard input, because other processes can read user data,
 * arguments and variables.
 */
export function setStudentPassword(name: string, { node, kind, key }: StudentPasswordArgs): NodeCommand {
  // The script is the command, because standard input holds the password.
  const stdin = pulumi.secret(kind === "none" ? "" : key.privateKeyPemPkcs8.apply(derivePassword));
  return node.runOnceReady(name, { create: SCRIPT, stdin }, node);
}
