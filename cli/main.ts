import { setMaxListeners } from "node:events";
import { join, resolve } from "node:path";
import type { Runtime } from "../core/command-context";
import { LabError, UnusableEngineError } from "../core/errors";
import { SafeOutput } from "../core/safe-output";
import { runCommandLine } from "./program";

/** The shells' exit code for a process ended by SIGINT. */
const INTERRUPTED = 130;

/** Only this file ends the process. */
async function main(): Promise<void> {
  const runtime = processRuntime();
  const interrupted = new AbortController();
  // Each node of a class adds a listener: without this, Node.js warns of a leak.
  setMaxListeners(0, interrupted.signal);
  let interrupts = 0;
  // EPIPE: a reader such as `head` closed the pipe, which is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  // Node.js would print the error unescaped, with any terminal sequences that came from a node.
  process.on("uncaughtException", (error) => process.exit(report(error, runtime.stderr)));
  // Never removed: libraries that clean up after a signal end the process when no other listener is left.
  process.on("SIGINT", () => {
    interrupts += 1;
    interrupted.abort();
    // The second Ctrl-C makes pulumi cancel; the third ends this process.
    if (interrupts > 2) {
      process.exit(INTERRUPTED);
    }
  });
  try {
    process.exitCode = await runCommandLine(process.argv.slice(2), runtime, interrupted.signal);
  } catch (error) {
    process.exitCode = report(error, runtime.stderr);
  }
}

/** The runtime of this process. */
function processRuntime(): Runtime {
  const programDirectory = resolve(__dirname, "..");
  return {
    programDirectory,
    labDirectory: join(programDirectory, ".lab"),
    environment: process.env,
    stdout: new SafeOutput(process.stdout),
    stderr: new SafeOutput(process.stderr),
  };
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
