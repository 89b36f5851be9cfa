import type { WebSocket } from "ws";
import type { ClientMessage } from "../../protocol";
import { contain } from "../boundary";
import { type Link, MOST_OF_A_LINK, parseClientMessage } from "./link";

const HEARTBEAT_MILLISECONDS = 20_000;
/** A browser that does not answer a close is not waited for longer. */
const CLOSE_MILLISECONDS = 3000;
/** Nor one that goes on sending. */
const MOST_LATE_MESSAGES = 16;

/** A line over a WebSocket. One that answers no ping for a while is closed: its browser has lost the network. */
export function webSocketLink(socket: WebSocket): Link {
  let isAlive = true;
  const end = () => socket.terminate();
  const close = (code: number, reason?: string) => {
    socket.close(code, reason);
    // Who is paused does not hear the answer; what was on its way before it comes first.
    socket.resume();
    let late = 0;
    socket.on("message", () => {
      late += 1;
      if (late > MOST_LATE_MESSAGES) {
        end();
      }
    });
    const timer = setTimeout(end, CLOSE_MILLISECONDS);
    socket.once("close", () => clearTimeout(timer));
  };
  const beat = () => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  };
  const heartbeat = setInterval(() => contain("WebSocket", beat, end), HEARTBEAT_MILLISECONDS);
  socket.on("pong", () => {
    isAlive = true;
  });
  socket.on("close", () => clearInterval(heartbeat));
  // The close that follows says all there is to say.
  socket.on("error", () => {});
  return {
    send: (message) => {
      if (socket.readyState !== socket.OPEN) {
        return;
      }
      if (socket.bufferedAmount > MOST_OF_A_LINK) {
        socket.terminate();
        return;
      }
      socket.send(JSON.stringify(message));
    },
    waiting: () => socket.bufferedAmount,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    onMessage: (listener: (message: ClientMessage) => void) => {
      socket.on("message", (data, isBinary) =>
        contain(
          "message of a browser",
          () => {
            const message = isBinary ? undefined : parseClientMessage(String(data));
            if (message === undefined) {
              close(1008, "invalid message");
            } else {
              listener(message);
            }
          },
          end,
        ),
      );
    },
    onClose: (listener) => void socket.once("close", () => contain("end of a WebSocket", listener)),
    close: () => close(1000),
  };
}
