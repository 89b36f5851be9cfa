import { type AddressInfo, createServer, type Socket } from "node:net";
import { Server, type ServerChannel, utils } from "ssh2";
import { shellOn } from "../../../adapters/ssh/node-shell";
import { connect } from "../../../adapters/ssh/node-shell/connect";
import type { SeatNode } from "../../../portal/server/seat-nodes";

const KEY = utils.generateKeyPairSync("ed25519");

/**
 * A real SSH server in the place of a node, whose terminals the test answers and whose commands end at once; gives the portal's
 * connection to it.
 */
export async function sshNode(onTerminal: (channel: ServerChannel) => void) {
  const server = new Server({ hostKeys: [KEY.private] }, (connection) => {
    connection.on("error", () => {});
    connection.on("authentication", (login) => login.accept());
    connection.on("session", (accept) => {
      const session = accept();
      let isTerminal = false;
      session.on("pty", (acceptPty) => {
        isTerminal = true;
        acceptPty?.();
      });
      session.on("window-change", (acceptChange) => acceptChange?.());
      session.on("exec", (acceptExec) => {
        const channel = acceptExec();
        channel.on("error", () => {});
        if (isTerminal) {
          onTerminal(channel);
        } else {
          channel.exit(0);
          channel.end();
        }
      });
    });
  });
  const sockets: Socket[] = [];
  const listener = createServer((socket) => {
    sockets.push(socket);
    server.injectSocket(socket);
  });
  await new Promise<void>((done) => {
    listener.listen(0, "127.0.0.1", done);
  });
  const { port } = listener.address() as AddressInfo;
  const address = { host: "127.0.0.1", port, user: "student", privateKey: KEY.private, hostKey: KEY.public };
  const client = await connect(address);
  const node: SeatNode = { client, machine: "a", shell: shellOn(client, address) };
  return {
    node,
    /** Stops reading what comes over the network. */
    stopReading: () => {
      for (const socket of sockets) {
        socket.pause();
      }
    },
    close: () => {
      client.destroy();
      listener.close();
    },
  };
}
