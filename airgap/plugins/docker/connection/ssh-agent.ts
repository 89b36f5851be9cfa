import { spawn } from "node:child_process";
import * as http from "node:http";
import type { Duplex } from "node:stream";
import type { SshAddress } from "../../../../adapters/docker/connection/address";
import { SshConnection, sshArguments } from "../../../../adapters/docker/connection/ssh-connection";

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
