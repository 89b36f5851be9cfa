import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import * as http from "node:http";
import { Duplex } from "node:stream";
import type { SshAddress } from "./address";
import { sshArguments, sshFailure } from "./ssh-arguments";

/** Enough of ssh's complaint to explain a failure, without keeping a chatty far side's whole output. */
const STANDARD_ERROR_LIMIT = 4000;

/** Parallel ssh processes to one node: sshd starts to drop unauthenticated connections at ten (MaxStartups). */
const MAX_CONNECTIONS = 6;

/** How long a connection waits for its next request. A class has two a seat, each a process here and some on the node. */
const IDLE_MILLISECONDS = 1000;

/**
 * Connections for HTTP requests, each an `ssh` process. They are kept for a while and used again: a login costs a quarter
 * of a second, a request on an open connection next to nothing.
 */
export class SshAgent extends http.Agent {
  readonly #idle = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(
    readonly address: SshAddress,
    readonly options: readonly string[],
    readonly program = "ssh",
  ) {
    super({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  }

  override createConnection(): Duplex {
    return new SshConnection(this.address, spawn(this.program, sshArguments(this.address, this.options)));
  }

  override keepSocketAlive(connection: Duplex): boolean {
    this.#idle.set(connection, setTimeout(() => connection.destroy(), IDLE_MILLISECONDS).unref());
    return true;
  }

  override reuseSocket(connection: Duplex): void {
    clearTimeout(this.#idle.get(connection));
  }
}

/** An ssh process dressed as a socket. */
export class SshConnection extends Duplex {
  #standardError = "";
  #spawnError: Error | undefined;

  constructor(
    readonly address: SshAddress,
    readonly process: ChildProcessWithoutNullStreams,
  ) {
    super();
    process.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) {
        process.stdout.pause();
      }
    });
    process.stderr.on("data", (chunk: Buffer) => {
      this.#standardError = (this.#standardError + chunk.toString()).slice(-STANDARD_ERROR_LIMIT);
    });
    // A broken pipe says less than the way ssh ended, which comes right after it.
    process.stdin.on("error", () => {});
    process.on("error", (error) => {
      this.#spawnError = error;
      this.#ended(null, null);
    });
    process.on("close", (code, signal) => this.#ended(code, signal));
  }

  override _read(): void {
    this.process.stdout.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // Errors are told by the end of the process, with ssh's own words.
    this.process.stdin.write(chunk, encoding, () => callback());
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.process.stdin.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.process.kill();
    callback(error);
  }

  #ended(code: number | null, signal: string | null): void {
    if (code === 0 && this.#spawnError === undefined) {
      this.push(null);
      return;
    }
    const ending = { code, signal, standardError: this.#standardError };
    const spawnError = this.#spawnError === undefined ? {} : { spawnError: this.#spawnError };
    this.destroy(sshFailure(this.address, { ...ending, ...spawnError }));
  }

  /** The rest is what node:http asks of a socket; a process has none of it. */
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
