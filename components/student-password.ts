import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type * as tls from "@pulumi/tls";
import { derivePassword } from "./derive-password";
import type { LabNode } from "./lab-node";
import { livesOn } from "./lives-on";

const SCRIPT = readFileSync("cloud-init/files/student-password.sh", "utf8");

/** Where a student's password comes from: the seat's own key, or nowhere. */
export type PasswordKind = "generated" | "none";

/** Whose password, and what it is made from. */
export interface StudentPasswordArgs {
  readonly node: LabNode;
  readonly kind: PasswordKind;
  /** The student's key on that node. */
  readonly key: tls.PrivateKey;
}

/**
 * Sets the password of student on a node, or takes it away. By standard input: user data can be read by every process on a
 * cloud machine, arguments and variables by some on any.
 */
export function setStudentPassword(name: string, { node, kind, key }: StudentPasswordArgs): command.remote.Command {
  return new command.remote.Command(
    name,
    {
      connection: node.connectionOnceReady,
      // The script itself is the command: the input is for the password.
      create: SCRIPT,
      stdin: pulumi.secret(kind === "none" ? "" : key.privateKeyPemPkcs8.apply(derivePassword)),
    },
    livesOn(node.machine, node),
  );
}
