import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { Client, ClientChannel } from "ssh2";
import { remoteCommand } from "../../../adapters/ssh/node-shell/channel";
import { bytesUnsent } from "../../../adapters/ssh/node-shell/connect";
import { contain } from "../boundary";

/** Size of a terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** One terminal on a student's tmux session. */
export interface Pty {
  write(keys: string): void;
  resize(size: Size): void;
  /** Bytes that wait to be sent to the node. */
  untaken(): number;
  /** Unread bytes from the node: ssh2 buffers some while reading is paused. */
  unread(): number;
  /** Stops reading, so that output waits on the node. */
  pause(): void;
  resume(): void;
  /** Closes it. Destroys the connection if the node does not confirm, or has sent more than allowed. */
  close(): void;
  /** Resolves when the session or the connection has ended. */
  readonly ended: Promise<"session ended" | "connection lost">;
}

/**
 * Most bytes that a node can send while reading is paused: ssh2's read-ahead of 2 MiB plus the SSH window of the same size. A
 * node that sends more violates the protocol.
 */
export const MOST_UNREAD = 5 * 1024 * 1024;
/** Time limit for starting a session, and for confirming its close. */
const ANSWER_MILLISECONDS = 15_000;

/**
 * Whether a terminal's size decides the session's size. A terminal that follows shows as much as fits, so that the instructor's
 * window does not rewrap the student's lines.
 */
export type WindowSize = "decides" | "follows";

/** Attaches to the session, and creates it if there is none. */
export function openPty(
  client: Client,
  size: Size & { readonly window: WindowSize },
  onScreen: (text: string) => void,
): Promise<Pty> {
  const script = readFileSync(join(__dirname, "attach.sh"), "utf8");
  const pty = { term: "xterm-256color", cols: size.columns, rows: size.rows };
  return new Promise((resolve, reject) => {
    // Destroying the connection also drops the pending request.
    const timer = setTimeout(() => {
      reject(new Error("starting a terminal timed out"));
      client.destroy();
    }, ANSWER_MILLISECONDS);
    client.exec(remoteCommand(script, { environment: { LAB_WINDOW: size.window } }), { pty }, (error, channel) => {
      clearTimeout(timer);
      if (error === undefined) {
        resolve(ptyOn(client, channel, onScreen));
      } else {
        reject(error);
      }
    });
  });
}

function ptyOn(client: Client, channel: ClientChannel, onScreen: (text: string) => void): Pty {
  // A character's bytes may arrive in two packets.
  const decoder = new StringDecoder("utf8");
  const onData = (bytes: Buffer) =>
    contain(
      "terminal",
      () => onScreen(decoder.write(bytes)),
      () => channel.close(),
    );
  channel.on("data", onData);
  channel.on("error", () => {});
  // A terminal has no stderr; only a malicious node sends it.
  channel.stderr.resume();
  const unread = () => channel.readableLength;
  const ended = new Promise<"session ended" | "connection lost">((resolve) => {
    let how: "session ended" | "connection lost" = "connection lost";
    channel.once("exit", () => {
      how = "session ended";
    });
    channel.once("close", () => resolve(how));
  });
  return {
    write: (keys) => void channel.write(keys),
    resize: ({ columns, rows }) => channel.setWindow(rows, columns, 0, 0),
    untaken: () => channel.writableLength + bytesUnsent(client),
    unread,
    pause: () => void channel.pause(),
    resume: () => void channel.resume(),
    close: () => {
      const isOverrun = unread() > MOST_UNREAD;
      const timer = setTimeout(() => client.destroy(), ANSWER_MILLISECONDS);
      channel.once("close", () => clearTimeout(timer));
      // Reads and drops the rest, which would otherwise keep the channel open.
      channel.off("data", onData);
      channel.resume();
      channel.close();
      if (isOverrun) {
        client.destroy();
      }
    },
    ended,
  };
}
