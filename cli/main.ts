import { setMaxListeners } from "node:events";
import { UnusableEngineError } from "../adapters/docker/client";
import { LabError } from "../core/errors";
import type { SafeOutput } from "../core/safe-output";
import { processRuntime } from "./context";
import { createProgram } from "./program";

/** Exit code of a process that SIGINT ended, by the shells' convention. */
const INTERRUPTED = 130;

/** Only this file ends the process. */
async function main(): Promise<void> {
  const runtime = processRuntime();
  const interrupted = new AbortController();
  // Every node of a class that is asked something listens to it: Node.js would warn of a leak.
  setMaxListeners(0, interrupted.signal);
  let interrupts = 0;
  // A reader such as `head` that has enough is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  // Node.js itself would print the error as it is, and a node may have put sequences for the terminal into it.
  process.on("uncaughtException", (error) => process.exit(report(error, runtime.stderr)));
  // Kept for good: libraries that clean up after a signal end the process when nobody else listens any more.
  process.on("SIGINT", () => {
    interrupts += 1;
    interrupted.abort();
    // The second one is for pulumi, which drops what it is doing; who types a third wants out.
    if (interrupts > 2) {
      process.exit(INTERRUPTED);
    }
  });
  try {
    process.exitCode = await createProgram(runtime, interrupted.signal).run(process.argv.slice(2));
  } catch (error) {
    process.exitCode = report(error, runtime.stderr);
  }
}

function report(error: unknown, stderr: SafeOutput): number {
  const isVerbose = process.argv.includes("--verbose");
  if (error instanceof UnusableEngineError) {
    return report(new LabError(error.message, { exitCode: 2, cause: error }), stderr);
  }
  if (!(error instanceof LabError)) {
    stderr.write(`lab: ${error instanceof Error && !isVerbose ? error.message : describe(error)}\n`);
    stderr.write("Unexpected error. Run the command again with --verbose for a stack trace.\n");
    return 1;
  }
  stderr.write(`lab: ${isVerbose ? describe(error) : error.message}\n`);
  if (error.hint !== undefined) {
    stderr.write(`${error.hint}\n`);
  }
  return error.exitCode;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause === undefined
    ? (error.stack ?? error.message)
    : `${error.stack}\ncaused by: ${describe(error.cause)}`;
}

void main();
