import type * as pulumi from "@pulumi/pulumi";

/**
 * The user's mistake, told as its text alone. Without a stack: Node.js 20 takes 15 seconds and all memory to colour one
 * that names a file of a scope itself, as the SDK's source maps do ("node_modules/@pulumi/resource.ts").
 */
export function runError(text: string): pulumi.RunError {
  // Loaded for a mistake alone: `lab` shares code with the program, and does without the SDK.
  const { RunError } = require("@pulumi/pulumi") as typeof pulumi;
  const error = new RunError(text);
  error.stack = "";
  return error;
}
