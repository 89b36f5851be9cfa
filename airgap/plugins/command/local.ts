import { type ChildProcess, spawn } from "node:child_process";
import type { CallContext } from "../framework/provider";
import { isList, text } from "../framework/values";
import { type CommandRequest, commandResource } from "./resource";
import { type CommandOutput, Transcript } from "./transcript";

const DEFAULT_INTERPRETER = ["/bin/sh", "-c"];
/** Time between asking a cancelled command to stop and stopping it. */
const STOP_MILLISECONDS = 2_000;

/** `command.local.Command`. */
export const localCommand = commandResource({
  inputs: ["dir", "interpreter"],
  check: (inputs) => ({ inputs, failures: [] }),
  run: runLocally,
});

/** Runs a command on this machine, below the given interpreter. */
export async function runLocally(request: CommandRequest, context: CallContext): Promise<CommandOutput> {
  const transcript = new Transcript(request.logging, context.status);
  const child = start(request);
  // Ours run ssh: what they write is what a node sends.
  const add = (stream: "stdout" | "stderr") => (bytes: Buffer) => {
    const wasFull = transcript.isFull;
    transcript.add(stream, bytes);
    if (transcript.isFull && !wasFull) {
      stopGroup(child);
    }
  };
  child.stdout?.on("data", add("stdout"));
  child.stderr?.on("data", add("stderr"));
  // A command that reads nothing closes its input early; that is no failure.
  child.stdin?.on("error", () => {}).end(request.stdin);
  const stop = () => stopGroup(child);
  context.signal.addEventListener("abort", stop, { once: true });
  try {
    const failure = await ending(child);
    context.signal.throwIfAborted();
    return transcript.finish(request.command, failure);
  } finally {
    context.signal.removeEventListener("abort", stop);
  }
}

function start(request: CommandRequest): ChildProcess {
  const { dir, interpreter } = request.inputs;
  const given = isList(interpreter) && interpreter.length > 0 ? interpreter.map(String) : DEFAULT_INTERPRETER;
  const [program = "", ...rest] = given;
  return spawn(program, [...rest, request.command], {
    cwd: text(dir) ?? process.cwd(),
    env: { ...process.env, ...request.environment, ...request.previousOutput },
    // A process group of its own: to stop it is to stop what it started, too.
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** Settles at the end of the command and of its output: undefined for success, else the reason in Go's words. */
function ending(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (status, signal) => {
      if (signal !== null) {
        resolve(`signal: ${signal}`);
      } else {
        resolve(status === 0 ? undefined : `exit status ${status}`);
      }
    });
  });
}

function stopGroup(child: ChildProcess): void {
  signalGroup(child, "SIGTERM");
  setTimeout(() => signalGroup(child, "SIGKILL"), STOP_MILLISECONDS).unref();
}

function signalGroup({ pid }: ChildProcess, signal: "SIGTERM" | "SIGKILL"): void {
  try {
    if (pid !== undefined) {
      process.kill(-pid, signal);
    }
  } catch {
    // Already gone.
  }
}
