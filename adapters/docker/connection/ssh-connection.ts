import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { Duplex } from "node:stream";
import type { SshAddress } from "./address";

/** Enough of ssh's complaint to explain a failure, without keeping a chatty far side's whole output. */
const STANDARD_ERROR_LIMIT = 4000;

/**
 * Arguments for the system's `ssh` that make the far side's Docker Engine the other end of its standard input and
 * output, as Docker's own client does it. The user's options come first: ssh takes the first value it meets.
 */
export function sshArguments(address: SshAddress, options: readonly string[]): string[] {
  const login = address.user === undefined ? [] : ["-l", address.user];
  const port = address.port === undefined ? [] : ["-p", String(address.port)];
  const socket = address.socketPath === undefined ? [] : ["--host", `unix://${address.socketPath}`];
  // BatchMode: nobody can answer a question that ssh asks a plugin: it would wait for ever.
  const settings = ["-o", "ConnectTimeout=30", "-o", "BatchMode=yes"];
  return [
    ...options,
    ...settings,
    "-T",
    ...login,
    ...port,
    "--",
    address.host,
    "docker",
    ...socket,
    "system",
    "dial-stdio",
  ];
}

/** An ssh process dressed as a socket. */
export class SshConnection extends Duplex {
  #standardError = "";

  constructor(
    readonly address: SshAddress,
    readonly child: ChildProcessWithoutNullStreams,
  ) {
    super();
    child.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) {
        child.stdout.pause();
      }
    });
    child.stderr.on("data", (chunk: Buffer) => {
      this.#standardError = (this.#standardError + chunk.toString()).slice(-STANDARD_ERROR_LIMIT);
    });
    // A broken pipe says less than the way ssh ended, which comes right after it.
    child.stdin.on("error", () => {});
    child.on("error", ({ message }) =>
      this.destroy(new Error(`cannot run ssh (${message}); install the OpenSSH client and have it on PATH`)),
    );
    child.on("close", (code, signal) => {
      if (code === 0) {
        this.push(null);
      } else {
        this.destroy(sshFailure(address, { code, signal, standardError: this.#standardError }));
      }
    });
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // Errors are reported at the end of the process, with ssh's own message.
    this.child.stdin.write(chunk, encoding, () => callback());
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.child.stdin.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.child.kill();
    callback(error);
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

/** How an ssh process ended. */
interface SshEnding {
  readonly code: number | null;
  readonly signal: string | null;
  readonly standardError: string;
}

/** What went wrong, from the way ssh ended. Exit code 255 is ssh's own; every other one is the far side's. */
export function sshFailure({ host }: SshAddress, { code, signal, standardError }: SshEnding): Error {
  const how = signal === null ? `with exit code ${code}` : `by signal ${signal}`;
  const output = standardError.trim() === "" ? "it said nothing" : `it said: ${standardError.trim()}`;
  const advice =
    code === 255
      ? "check the address, the key and known_hosts in sshOpts"
      : "check that the docker command is installed there and that the user may use it";
  return new Error(`ssh to ${host} ended ${how}; ${output}; ${advice}`);
}
