import { EventEmitter } from "node:events";
import type { Client } from "ssh2";
import { vi } from "vitest";
import type { ClientMessage, ServerMessage } from "../../../portal/protocol";
import { RateLimit } from "../../../portal/server/rate-limit";
import type { SeatNode } from "../../../portal/server/seat-nodes";
import type { Link } from "../../../portal/server/terminal/link";

/** Limits that no test reaches. */
export function freeRates() {
  const rate = { perSecond: 1e9, burst: 1e9 };
  return { keys: new RateLimit(rate), screen: new RateLimit(rate) };
}

/** A browser's end of a line. */
export class TestLink implements Link {
  readonly sent: ServerMessage[] = [];
  readonly #events = new EventEmitter();
  backlog = 0;
  isPaused = false;
  isClosed = false;

  send(message: ServerMessage): void {
    this.sent.push(message);
  }
  waiting(): number {
    return this.backlog;
  }
  onMessage(listener: (message: ClientMessage) => void): void {
    this.#events.on("message", listener);
  }
  onClose(listener: () => void): void {
    this.#events.on("close", listener);
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  close(): void {
    if (!this.isClosed) {
      this.isClosed = true;
      this.#events.emit("close");
    }
  }
  says(message: ClientMessage): void {
    this.#events.emit("message", message);
  }
  texts(kind: ServerMessage["kind"]): string[] {
    return this.sent.filter((message) => message.kind === kind).map(({ text }) => text);
  }
}

/** The node's end of an SSH session, as ssh2 gives it. */
class TestChannel extends EventEmitter {
  readonly typed: string[] = [];
  readonly sizes: unknown[] = [];
  isPaused = false;
  /** What the node has not taken, and what was not read of it. */
  writableLength = 0;
  readableLength = 0;
  readonly stderr = { resume: () => {} };
  write(text: string): void {
    this.typed.push(text);
  }
  setWindow(rows: number, columns: number): void {
    this.sizes.push({ rows, columns });
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
  }
  close(): void {
    this.emit("close");
  }
}

/** A node whose sessions are made by the test. */
export function testNode(machine: string) {
  const channels: TestChannel[] = [];
  const commands: string[] = [];
  const sizes: unknown[] = [];
  const destroy = vi.fn();
  const client = {
    destroy,
    exec: (command: string, { pty }: { pty: unknown }, done: (error: undefined, channel: TestChannel) => void) => {
      const channel = new TestChannel();
      channels.push(channel);
      commands.push(command);
      sizes.push(pty);
      done(undefined, channel);
    },
  } as unknown as Client;
  return {
    node: { client, machine, shell: {} } as unknown as SeatNode,
    channels,
    commands,
    sizes,
    client: { destroy },
  };
}
