import type { Client } from "ssh2";
import { shellOn } from "../../adapters/ssh/node-shell";
import { connect, type NodeAddress } from "../../adapters/ssh/node-shell/connect";
import { LabError } from "../../core/errors";
import type { NodeShell } from "../../core/node-shell";
import { isMachineId } from "./roster-schema";
import type { SeatDirectory } from "./seats";

const CONNECT_SECONDS = 10;
/** Shortest interval between reads of the stack, each of which takes a second. */
const REFRESH_MILLISECONDS = 10_000;
const READ_MACHINE_ID = "head --bytes=100 /etc/machine-id";
/** Placeholder for an invalid machine ID. */
const NO_MACHINE_ID = "no valid machine id";

/** A seat's node while one connection to it lasts. */
export interface SeatNode {
  readonly client: Client;
  readonly shell: NodeShell;
  /** Machine ID, which changes with the machine. */
  readonly machine: string;
}

/** One SSH connection per seat, for its terminals and checks, opened on demand and reopened when lost. */
export class SeatNodes {
  readonly #nodes = new Map<string, Promise<SeatNode>>();
  #refreshedAt = Date.now();
  readonly #closing = new AbortController();

  constructor(
    readonly directory: Pick<SeatDirectory, "address" | "refresh">,
    readonly now: () => number = Date.now,
  ) {}

  /** The node of a seat. Throws a LabError when it cannot be reached. */
  node(seat: string): Promise<SeatNode> {
    const open = this.#nodes.get(seat);
    if (open !== undefined) {
      return open;
    }
    const forget = () => {
      if (this.#nodes.get(seat) === made) {
        this.#nodes.delete(seat);
      }
    };
    const made = this.#connect(seat, forget);
    this.#nodes.set(seat, made);
    made.catch(forget);
    return made;
  }

  /** Whether a seat's node is connected or connecting. */
  isConnected(seat: string): boolean {
    return this.#nodes.has(seat);
  }

  /** Closes the connection to a seat's node; the next one uses the seat's current address. */
  leave(seat: string): void {
    const left = this.#nodes.get(seat);
    this.#nodes.delete(seat);
    // Destroyed without a handshake, because the machine may be gone.
    left?.then(({ client }) => client.destroy()).catch(() => {});
  }

  /**
   * Destroys all connections without a handshake, so that a node that does not answer does not delay the end of the portal, and
   * refuses new ones: a terminal reconnects until it has noticed that its browser is gone.
   */
  async close(): Promise<void> {
    this.#closing.abort(new LabError("The portal is closing."));
    const open = await Promise.allSettled(this.#nodes.values());
    for (const result of open) {
      if (result.status === "fulfilled") {
        result.value.client.destroy();
      }
    }
  }

  async #connect(seat: string, forget: () => void): Promise<SeatNode> {
    const { signal } = this.#closing;
    try {
      return await openNode(this.#address(seat), forget, signal);
    } catch (error) {
      // The seat may have moved since the stack was read.
      if (signal.aborted || this.now() - this.#refreshedAt < REFRESH_MILLISECONDS) {
        throw error;
      }
      this.#refreshedAt = this.now();
      await this.directory.refresh();
      return openNode(this.#address(seat), forget, signal);
    }
  }

  #address(seat: string): NodeAddress {
    const address = this.directory.address(seat);
    if (address === undefined) {
      throw new LabError(`${seat} has no machine.`, { hint: "Run ./lab up to create it." });
    }
    return address;
  }
}

async function openNode(address: NodeAddress, forget: () => void, signal: AbortSignal): Promise<SeatNode> {
  const client = await connect(address, { timeoutSeconds: CONNECT_SECONDS, signal });
  client.once("close", forget);
  const shell = shellOn(client, address);
  try {
    const limits = { timeoutSeconds: CONNECT_SECONDS, maxOutputBytes: 1024 };
    const { output } = await shell.run(READ_MACHINE_ID, { ...limits, signal });
    const id = output.trim();
    return { client, shell, machine: isMachineId(id) ? id : NO_MACHINE_ID };
  } catch (error) {
    // No one else would close the connection.
    client.destroy();
    throw error;
  }
}
