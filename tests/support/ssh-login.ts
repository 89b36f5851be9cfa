import { Client, type ConnectConfig } from "ssh2";

/** Who logs in, where, and with which key or password. */
export type Login = Pick<ConnectConfig, "port" | "username" | "password" | "privateKey">;

/** Logs in on 127.0.0.1; gives the user's name as the node has it, or why there was no login. */
export function tryLogin(login: Login): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("error", (error) => resolve(error.message));
    client.on("ready", () => {
      client.exec("id -un", (error, channel) => {
        if (error) {
          reject(error);
          return;
        }
        const chunks: Buffer[] = [];
        channel.on("data", (bytes: Buffer) => chunks.push(bytes));
        channel.on("close", () => {
          client.end();
          resolve(Buffer.concat(chunks).toString("utf8").trim());
        });
      });
    });
    client.connect({ host: "127.0.0.1", ...login });
  });
}

/** The ways to log in that the server on 127.0.0.1 offers a user, sorted. */
export function offeredMethods(login: Pick<Login, "port" | "username">): Promise<string[]> {
  return new Promise((resolve) => {
    const client = new Client();
    let offered: string[] = [];
    client.on("error", () => resolve(offered.sort()));
    client.connect({
      host: "127.0.0.1",
      ...login,
      // Asks with no credential at all; the refusal says what would be taken. Then it gives up.
      authHandler: (left, _partial, next) => {
        offered = left ?? offered;
        next(left === null ? { type: "none", username: login.username ?? "" } : (false as never));
      },
    });
  });
}
