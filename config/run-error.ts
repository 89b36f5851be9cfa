import * as pulumi from "@pulumi/pulumi";

/**
 * The user's mistake, told as its text alone. Without a stack: Node.js 20 takes 15 seconds and all memory to colour one
 * that names a file of a scope itself, as the SDK's source maps do ("node_modules/@pulumi/resource.ts").
 */
export function runError(text: string): pulumi.RunError {
  const error = new pulumi.RunError(text);
  error.stack = "";
  return error;
}
