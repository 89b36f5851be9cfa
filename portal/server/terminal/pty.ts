import { readFileSync } from "node:fs";
import { join } from "node:path";
import { StringDecoder } from "node:string_decoder";
import type { Client, ClientChannel } from "ssh2";
import { remoteCommand } from "../../../cli/node-shell/remote-command";

/** How large a terminal is, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A student's tmux session on a node, as one terminal shows it. */
export interface Pty {
  write(keys: string): void;
  resize(size: Size): void;
  /** Stops reading, so that what fills the screen waits on the node; and goes on. */
  pause(): void;
  resume(): void;
  close(): void;
  /** Settles when the session has ended, or the connection. */
  readonly ended: Promise<"session ended" | "connection lost">;
}

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
    client.exec(remoteCommand(script, { environment: { LAB_WINDOW: size.window } }), { pty }, (error, channel) => {
      if (error === undefined) {
        resolve(ptyOn(channel, onScreen));
      } else {
        reject(error);
      }
    });
  });
}

function ptyOn(channel: ClientChannel, onScreen: (text: string) => void): Pty {
  // A letter's bytes may come in two packets.
  const decoder = new StringDecoder("utf8");
  channel.on("data", (bytes: Buffer) => onScreen(decoder.write(bytes)));
  channel.on("error", () => {});
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
    pause: () => void channel.pause(),
    resume: () => void channel.resume(),
    close: () => channel.close(),
    ended,
  };
}
