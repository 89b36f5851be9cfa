import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { Client, ClientChannel } from "ssh2";
import { remoteCommand } from "../../../adapters/ssh/node-shell/channel";
import { bytesUnsent } from "../../../adapters/ssh/node-shell/connect";
import { contain } from "../boundary";

/** How large a terminal is, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A student's tmux session on a node, as one terminal shows it. */
export interface Pty {
  write(keys: string): void;
  resize(size: Size): void;
  /** Bytes for the node that its connection has not taken yet. */
  untaken(): number;
  /** Bytes from the node that were not read yet: ssh2 takes some while reading is paused. */
  unread(): number;
  /** Stops reading, so that what fills the screen waits on the node; and goes on. */
  pause(): void;
  resume(): void;
  /** Ends it. A node that does not confirm that, or sends more than it may, loses its connection. */
  close(): void;
  /** Settles when the session has ended, or the connection. */
  readonly ended: Promise<"session ended" | "connection lost">;
}

/**
 * The most that a node can have sent while reading is paused: what ssh2 reads ahead, 2 MiB, and the window that it gives, as
 * much again. A node that sends more keeps to no window, and would fill the portal's memory.
 */
export const MOST_UNREAD = 5 * 1024 * 1024;
/** How long a node may take to start a session, and to confirm that one is closed. */
const ANSWER_MILLISECONDS = 15_000;

/**
 * What a terminal's size is to the session that it shows. One that follows shows as much of a session of another's size as it
 * has room for: a student's lines do not break anew because somebody with a larger window looks on.
 */
export type WindowSize = "decides" | "follows";

/** Attaches to the session, which is made where there is none. */
export function openPty(
  client: Client,
  size: Size & { readonly window: WindowSize },
  onScreen: (text: string) => void,
): Promise<Pty> {
  const script = readFileSync(join(__dirname, "attach.sh"), "utf8");
  const pty = { term: "xterm-256color", cols: size.columns, rows: size.rows };
  return new Promise((resolve, reject) => {
    // What was asked for waits in the connection for as long as there is one.
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
  // A letter's bytes may come in two packets.
  const decoder = new StringDecoder("utf8");
  const onData = (bytes: Buffer) =>
    contain(
      "terminal",
      () => onScreen(decoder.write(bytes)),
      () => channel.close(),
    );
  channel.on("data", onData);
  channel.on("error", () => {});
  // A terminal has none: only a node that means harm sends it.
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
      // What is left is read and dropped: unread, it would keep the channel from being closed.
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
