import { type ChildProcess, spawn } from "node:child_process";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { LabError } from "../../core/errors";
import { startPluginHost } from "./engine/plugin-host";
import { type EventListener, withEventLog } from "./event-log";

/** A stack and the engine that works on it. */
export interface PulumiStack {
  readonly name: string;
  /** Folder of the program. */
  readonly directory: string;
  /** Absolute path of the Pulumi CLI. */
  readonly command: string;
  /** The whole environment of its process. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface PulumiResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a pulumi command that answers with its output, e.g. `stack export`. Does not reject when it fails. */
export async function runPulumi(stack: PulumiStack, args: readonly string[], input = ""): Promise<PulumiResult> {
  const result = await execa(stack.command, [...args, "--non-interactive"], {
    cwd: stack.directory,
    env: stack.environment,
    extendEnv: false,
    reject: false,
    ...(input === "" ? { stdin: "ignore" } : { input }),
  });
  return toResult(result, result.stdout, result.stderr);
}

/**
 * Runs a long pulumi operation (`up`, `preview`, `refresh`, `destroy`) and passes on the engine's events. The Automation
 * API's `Stack.up` does the same with five more pulumi processes around it; see docs/adr/0002.
 * On `signal` pulumi gets a SIGINT: it lets running steps end, saves its state and exits. A Ctrl-C after that is passed on
 * too, and makes pulumi drop what it is doing.
 */
export async function runOperation(
  stack: PulumiStack,
  args: readonly string[],
  onEvent: EventListener,
  signal: AbortSignal,
): Promise<PulumiResult> {
  if (signal.aborted) {
    throw new LabError("Stopped before pulumi began: nothing was changed.");
  }
  const plugins = await startPluginHost(stack);
  try {
    return await withEventLog(onEvent, (log) => {
      const environment = {
        ...stack.environment,
        ...plugins.environment,
        // `--event-log` is one of pulumi's debugging flags, there only with this.
        PULUMI_DEBUG_COMMANDS: "true",
      };
      return runInterruptibly({ ...stack, environment }, [...args, "--non-interactive", "--event-log", log], signal);
    });
  } finally {
    await plugins.stop();
  }
}

async function runInterruptibly(
  stack: PulumiStack,
  args: readonly string[],
  signal: AbortSignal,
): Promise<PulumiResult> {
  // Files, not pipes: at the next write into a pipe of a killed `lab`, pulumi would die in the middle of its work.
  const [stdout, stderr] = await Promise.all([openUnlinkedFile(), openUnlinkedFile()]);
  try {
    const child = execa(stack.command, args, {
      cwd: stack.directory,
      env: stack.environment,
      extendEnv: false,
      reject: false,
      stdio: ["ignore", stdout.fd, stderr.fd],
      // A process group of its own: Ctrl-C reaches `lab` alone, which passes it on once.
      detached: true,
    });
    const isOver = child.pid === undefined ? () => undefined : stopWhenOrphaned(child.pid);
    const stopListening = passInterruptsOn(child, signal);
    const result = await child;
    stopListening();
    isOver();
    return toResult(result, await readFromStart(stdout), await readFromStart(stderr));
  } finally {
    await Promise.all([stdout.close(), stderr.close()]);
  }
}

/** The first Ctrl-C by `signal`, those after it as they come. Gives the function that ends it. */
function passInterruptsOn(child: Pick<ChildProcess, "kill">, signal: AbortSignal): () => void {
  const interrupt = () => child.kill("SIGINT");
  const interruptTwice = () => {
    interrupt();
    // Not in this very turn, in which the listeners of the first Ctrl-C are still being called.
    setImmediate(() => process.on("SIGINT", interrupt));
  };
  signal.addEventListener("abort", interruptTwice);
  return () => {
    signal.removeEventListener("abort", interruptTwice);
    process.removeListener("SIGINT", interrupt);
  };
}

/** Without an exit code the process never ran, or was killed: what happened is in execa's message alone. */
function toResult(
  { exitCode, shortMessage }: { exitCode?: number | undefined; shortMessage?: string | undefined },
  stdout: string,
  stderr: string,
): PulumiResult {
  return exitCode === undefined
    ? { exitCode: 1, stdout, stderr: [stderr, shortMessage].filter(Boolean).join("\n") }
    : { exitCode, stdout, stderr };
}

const SCRIPT = join(__dirname, "stop-orphan.sh");

/**
 * Has a pulumi stopped in order when this process is killed, which can no longer do it itself. Gives the function to call
 * when pulumi has ended.
 */
function stopWhenOrphaned(processId: number): () => void {
  const guard = spawn("sh", [SCRIPT, String(processId)], {
    // Out of reach of what is meant for `lab` and all its processes.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Without a guard a killed lab leaves a pulumi behind, which the next one waits for.
  guard.on("error", () => undefined);
  guard.stdin.on("error", () => undefined);
  guard.unref();
  return () => guard.stdin.end("over\n");
}

/** Opens an empty file that nobody else can: it has no name, and goes with the last process that has it open. */
async function openUnlinkedFile(): Promise<FileHandle> {
  const directory = await mkdtemp(join(tmpdir(), "lab-output-"));
  try {
    return await open(join(directory, "text"), "wx+", 0o600);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** All that was written to it, without the end of its last line. */
async function readFromStart(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const bytes = Buffer.alloc(size);
  // Not `readFile`, which starts where the last process stopped writing.
  const { bytesRead } = await file.read(bytes, 0, size, 0);
  return bytes.subarray(0, bytesRead).toString("utf8").replace(/\n$/, "");
}
