import type { WebSocket } from "ws";
import type { ClientMessage } from "../../protocol";
import { contain } from "../boundary";
import { type Link, MOST_OF_A_LINK, parseClientMessage } from "./link";

const HEARTBEAT_MILLISECONDS = 20_000;
/** Time limit for a browser to answer a close. */
const CLOSE_MILLISECONDS = 3000;
/** Most messages that a browser may send after a close. */
const MOST_LATE_MESSAGES = 16;

/** A link over a WebSocket, which is closed if the browser does not answer pings. */
export function webSocketLink(socket: WebSocket): Link {
  let isAlive = true;
  const end = () => socket.terminate();
  const close = (code: number, reason?: string) => {
    socket.close(code, reason);
    // A paused socket would not receive the answer, which comes after pending messages.
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
  // An error is followed by a close event, which is handled.
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
