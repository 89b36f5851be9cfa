import type { Client, ClientChannel } from "ssh2";

/** How a remote command ended. */
export interface Ending {
  /** `null` when a signal ended it. */
  readonly status: number | null;
  readonly signal: string | undefined;
}

/**
 * Runs a command over an open connection. `attend` gets the channel before anything can have come through it.
 * Settles when the command's output is over, with undefined when the connection was lost before its end was known.
 */
export function execute(
  client: Client,
  { command, environment }: { command: string; environment: Readonly<Record<string, string>> },
  attend: (channel: ClientChannel) => void,
): Promise<Ending | undefined> {
  return new Promise((resolve, reject) => {
    client.once("close", () => resolve(undefined));
    client.exec(command, { env: { ...environment } }, (error, channel) => {
      if (error !== undefined) {
        reject(error);
        return;
      }
      // Listened to here and now: a quick command's end comes in the same packet as its beginning.
      let ending: Ending | undefined;
      channel.on("exit", (status: number | null, signal?: string) => {
        ending = { status, signal };
      });
      // A command that reads nothing closes its input early; that is its own affair.
      channel.on("error", () => {});
      channel.once("close", () => resolve(ending));
      attend(channel);
    });
  });
}
