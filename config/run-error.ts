import type { RunError } from "@pulumi/pulumi";

/**
 * The user's mistake, told as its text alone. Without a stack: Node.js 20 takes 15 seconds and all memory to colour one
 * that names a file of a scope itself, as the SDK's source maps do ("node_modules/@pulumi/resource.ts").
 */
export function runError(text: string): RunError {
  // Loaded here: `lab` reads the same settings as the program, and starts without Pulumi's SDK.
  const pulumi = require("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
  const error = new pulumi.RunError(text);
  error.stack = "";
  return error;
}
