import type { WebSocket } from "ws";
import type { ClientMessage } from "../../protocol";
import { type Link, parseClientMessage } from "./link";

const HEARTBEAT_MILLISECONDS = 20_000;

/** A line over a WebSocket. One that answers no ping for a while is closed: its browser has lost the network. */
export function webSocketLink(socket: WebSocket): Link {
  let isAlive = true;
  const heartbeat = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, HEARTBEAT_MILLISECONDS);
  socket.on("pong", () => {
    isAlive = true;
  });
  socket.on("close", () => clearInterval(heartbeat));
  // The close that follows says all there is to say.
  socket.on("error", () => {});
  return {
    send: (message) => {
      if (socket.readyState === socket.OPEN) {
        socket.send(JSON.stringify(message));
      }
    },
    waiting: () => socket.bufferedAmount,
    onMessage: (listener: (message: ClientMessage) => void) => {
      socket.on("message", (data, isBinary) => {
        const message = isBinary ? undefined : parseClientMessage(String(data));
        if (message === undefined) {
          socket.close(1008, "not a message of the portal's page");
        } else {
          listener(message);
        }
      });
    },
    onClose: (listener) => void socket.once("close", listener),
    close: () => socket.close(1000),
  };
}
