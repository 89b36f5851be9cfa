import type * as pulumi from "@pulumi/pulumi";
import { configErrorText } from "../config/parse";

/**
 * A user error, without a stack trace: Node.js 20 takes 15 seconds and all memory to colour a trace with a file directly in
 * a scope, as in the SDK's source maps ("node_modules/@pulumi/resource.ts").
 */
export function runError(text: string): pulumi.RunError {
  // Loaded on demand, because `lab` shares this code and does not need the SDK.
  const { RunError } = require("@pulumi/pulumi") as typeof pulumi;
  const error = new RunError(text);
  error.stack = "";
  return error;
}

/** A user error that lists all problems of a config. */
export function configError(problems: readonly string[]): pulumi.RunError {
  return runError(configErrorText(problems));
}
