import { join, resolve } from "node:path";
import type { CommandContext, Runtime } from "../core/command-context";
import { SafeOutput } from "../core/safe-output";
import { writeAbove } from "./ui/live-view";

/** Tells whoever pressed Ctrl-C what happens now. For commands that end in steps of their own, unlike a shell on a node. */
export function tellWhenInterrupted({ signal, runtime }: CommandContext): void {
  const text = "\nlab: stopping after the steps that are running; Ctrl-C again to drop them\n";
  signal.addEventListener("abort", () => writeAbove(runtime.stderr, text), { once: true });
}

/** The runtime of this process. */
export function processRuntime(): Runtime {
  const programDirectory = resolve(__dirname, "..");
  return {
    programDirectory,
    labDirectory: join(programDirectory, ".lab"),
    environment: process.env,
    stdout: new SafeOutput(process.stdout),
    stderr: new SafeOutput(process.stderr),
  };
}
