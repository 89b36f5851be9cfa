import type { Client } from "ssh2";
import type { CommandResult, NodeSession, NodeShell, RunOptions, SessionOptions } from "../../lesson/types";
import { DEFAULT_TIMEOUT_SECONDS, type Ending, type StartedCommand, start, TIMED_OUT } from "./channel";
import { type ConnectOptions, connect, type NodeAddress, unreachable } from "./connect";
import { openSession } from "./session";

export type { NodeAddress } from "./connect";

/** A node's shell that has to be closed, or the process does not end. */
export interface OpenNodeShell extends NodeShell {
  close(): void;
}

/** Logs in to a node. One connection serves any number of commands, also at the same time. */
export async function openNodeShell(address: NodeAddress, options: ConnectOptions = {}): Promise<OpenNodeShell> {
  return new SshNodeShell(await connect(address, options), address);
}

/** A shell over a connection that its owner closes. */
export function shellOn(client: Client, address: NodeAddress): NodeShell {
  return new SshNodeShell(client, address);
}

class SshNodeShell implements OpenNodeShell {
  #isLost = false;

  constructor(
    readonly client: Client,
    readonly address: NodeAddress,
  ) {
    client.once("close", () => {
      this.#isLost = true;
    });
  }

  run(command: string, options: RunOptions = {}): Promise<CommandResult> {
    return this.#runToEnd(command, options, "");
  }

  async open(command: string, options: SessionOptions): Promise<NodeSession> {
    const started = await this.#start(command, { ...options, output: "terminal" });
    return openSession(started, options, this.#lostWhile(command));
  }

  async write(path: string, content: string, options: RunOptions = {}): Promise<void> {
    const environment = { ...options.environment, LAB_FILE: path };
    const { exitCode, output } = await this.#runToEnd('cat > "$LAB_FILE"', { ...options, environment }, content);
    if (exitCode !== 0) {
      throw new Error(`${path} cannot be written: ${output.trim()}`);
    }
  }

  close(): void {
    this.client.end();
  }

  async #runToEnd(command: string, options: RunOptions, input: string): Promise<CommandResult> {
    const begin = performance.now();
    const started = await this.#start(command, options);
    const chunks: Buffer[] = [];
    started.channel.on("data", (chunk: Buffer) => chunks.push(chunk));
    started.channel.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    if (options.output !== "terminal") {
      started.channel.end(input);
    }
    const exitCode = await this.#end(started, command, options);
    const seconds = Math.round(performance.now() - begin) / 1000;
    const output = Buffer.concat(chunks).toString("utf8");
    return { exitCode, output: exitCode === TIMED_OUT ? `${output}\n(no end after ${seconds} s)` : output, seconds };
  }

  /** The exit code; the limit's own when the command had to be stopped. A stopped command is not waited for. */
  async #end({ channel, ended }: StartedCommand, command: string, options: RunOptions): Promise<number> {
    const { signal, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
    const stop = stopper(timeoutSeconds, signal);
    try {
      const end = await Promise.race([ended, stop.asked]);
      signal?.throwIfAborted();
      return end?.exitCode ?? this.#lostWhile(command)();
    } finally {
      stop.forget();
      channel.close();
    }
  }

  async #start(command: string, options: RunOptions): Promise<StartedCommand> {
    options.signal?.throwIfAborted();
    if (this.#isLost) {
      return this.#lostWhile(command)();
    }
    const starting = start(this.client, command, options);
    try {
      return await inTime(starting, options);
    } catch (error) {
      // One that starts after all is nobody's.
      starting.then(({ channel }) => channel.close()).catch(() => {});
      options.signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      throw unreachable(this.address, `"${firstLine(command)}" could not be started there (${reason})`, error);
    }
  }

  #lostWhile(command: string): () => never {
    return () => {
      throw unreachable(this.address, `the connection was lost at "${firstLine(command)}"`);
    };
  }
}

/** A node that lets us in may still start nothing, and never say so. */
async function inTime(starting: Promise<StartedCommand>, options: RunOptions): Promise<StartedCommand> {
  const { signal, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
  const stop = stopper(timeoutSeconds, signal);
  try {
    const late = stop.asked.then(() => Promise.reject(new Error(`no answer after ${timeoutSeconds} s`)));
    return await Promise.race([starting, late]);
  } finally {
    stop.forget();
  }
}

function firstLine(command: string): string {
  return command.split("\n", 1)[0] ?? "";
}

/** Settles when the time is up, as an ending with the limit's exit code, or when the signal says so. */
function stopper(timeoutSeconds: number, signal: AbortSignal | undefined) {
  let ask: (ending: Ending) => void = () => {};
  const asked = new Promise<Ending>((resolve) => {
    ask = resolve;
  });
  const stop = () => ask({ exitCode: TIMED_OUT });
  const timer = setTimeout(stop, timeoutSeconds * 1000);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted === true) {
    stop();
  }
  const forget = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  };
  return { asked, forget };
}
