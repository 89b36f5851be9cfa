import type { Client } from "ssh2";
import { messageOf } from "../../../core/errors";
import { rejectionOf, withTimeLimit } from "../../../core/limits";
import type { CommandResult, NodeSession, NodeShell, RunOptions, SessionOptions } from "../../../core/node-shell";
import { CappedOutput } from "./capped-output";
import {
  cutNotice,
  DEFAULT_MAX_OUTPUT_BYTES,
  DEFAULT_TIMEOUT_SECONDS,
  type Ending,
  type StartedCommand,
  start,
  TIMED_OUT,
  TOO_MUCH_OUTPUT,
} from "./channel";
import { type ConnectOptions, connect, type NodeAddress, unreachable } from "./connect";
import { openSession } from "./session";

export { TIMED_OUT, TOO_MUCH_OUTPUT } from "./channel";
export type { NodeAddress } from "./connect";

/** Characters of a command's last output that an error quotes. */
const LONGEST_REASON = 1000;

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
    const node = { lost: this.#lostWhile(command), disconnect: () => this.client.destroy() };
    return openSession(started, options, node);
  }

  async write(path: string, content: string, options: RunOptions = {}): Promise<void> {
    const environment = { ...options.environment, LAB_FILE: path };
    const { exitCode, output } = await this.#runToEnd('cat > "$LAB_FILE"', { ...options, environment }, content);
    if (exitCode !== 0) {
      throw new Error(`${path} cannot be written: ${output.trim().slice(-LONGEST_REASON)}`);
    }
  }

  close(): void {
    this.client.end();
  }

  async #runToEnd(command: string, options: RunOptions, input: string): Promise<CommandResult> {
    const begin = performance.now();
    const started = await this.#start(command, options);
    const stop = stopper(options);
    const { maxOutputBytes = DEFAULT_MAX_OUTPUT_BYTES } = options;
    const output = new CappedOutput(maxOutputBytes, {
      onFull: () => stop.now(TOO_MUCH_OUTPUT),
      onFlood: () => this.client.destroy(),
    });
    started.channel.on("data", (chunk: Buffer) => output.add(chunk));
    started.channel.stderr.on("data", (chunk: Buffer) => output.add(chunk));
    if (options.output !== "terminal") {
      started.channel.end(input);
    }
    const end = await this.#end(started, command, { stop, signal: options.signal });
    const seconds = Math.round(performance.now() - begin) / 1000;
    // One that has ended by itself meanwhile is cut as well.
    if (output.isCut) {
      return { exitCode: TOO_MUCH_OUTPUT, output: `${output.text()}\n${cutNotice(maxOutputBytes)}`, seconds };
    }
    const notice = end.isStopped ? `\n(no end after ${seconds} s)` : "";
    return { exitCode: end.exitCode, output: output.text() + notice, seconds };
  }

  /** How it ended; with the limit's own exit code when it had to be stopped. A stopped command is not waited for. */
  async #end(
    { channel, ended }: StartedCommand,
    command: string,
    { stop, signal }: { readonly stop: Stopper; readonly signal: AbortSignal | undefined },
  ): Promise<Ending & { readonly isStopped?: true }> {
    try {
      const end = await Promise.race([ended, stop.asked]);
      signal?.throwIfAborted();
      return end ?? this.#lostWhile(command)();
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
      // A node that accepts the login may still start nothing, and never report that.
      const { signal, timeoutSeconds: seconds = DEFAULT_TIMEOUT_SECONDS } = options;
      return await withTimeLimit({ signal, seconds }, (limited) => Promise.race([starting, rejectionOf(limited)]));
    } catch (error) {
      // The command may start later: nothing waits for it then.
      starting.then(({ channel }) => channel.close()).catch(() => {});
      options.signal?.throwIfAborted();
      const reason = messageOf(error);
      throw unreachable(this.address, `"${firstLine(command)}" could not be started there (${reason})`, error);
    }
  }

  #lostWhile(command: string): () => never {
    return () => {
      throw unreachable(this.address, `the connection was lost at "${firstLine(command)}"`);
    };
  }
}

function firstLine(command: string): string {
  return command.split("\n", 1)[0] ?? "";
}

/** Ends a command early: by its time limit, its signal or a call of `now`. */
interface Stopper {
  /** Settles then, as an ending with the limit's exit code. */
  readonly asked: Promise<Ending & { readonly isStopped: true }>;
  now(exitCode: number): void;
  forget(): void;
}

function stopper({ timeoutSeconds = DEFAULT_TIMEOUT_SECONDS, signal }: RunOptions): Stopper {
  let now: Stopper["now"] = () => {};
  const asked: Stopper["asked"] = new Promise((resolve) => {
    now = (exitCode) => resolve({ exitCode, isStopped: true });
  });
  const stop = () => now(TIMED_OUT);
  const timer = setTimeout(stop, timeoutSeconds * 1000);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted === true) {
    stop();
  }
  const forget = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  };
  return { asked, now, forget };
}
