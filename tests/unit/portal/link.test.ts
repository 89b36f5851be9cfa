import { EventEmitter } from "node:events";
import { describe, expect, test, vi } from "vitest";
import type { WebSocket } from "ws";
import { webSocketLink } from "../../../portal/server/terminal/link";

/** A WebSocket of a browser that answers no close. */
function openLink() {
  const socket = Object.assign(new EventEmitter(), {
    close: vi.fn(),
    resume: vi.fn(),
    terminate: vi.fn(() => socket.emit("close")),
  });
  const link = webSocketLink(socket as unknown as WebSocket);
  const heard: unknown[] = [];
  link.onMessage((message) => heard.push(message));
  const type = (text: string) => socket.emit("message", Buffer.from(JSON.stringify({ kind: "keys", text })), false);
  return { socket, link, heard, type };
}

describe("a WebSocket that the portal has closed", () => {
  test("ignores what its browser still sends, and waits for the answer", () => {
    const { socket, link, heard, type } = openLink();
    type("before");
    link.close();
    type("after");
    socket.emit("message", Buffer.from("not a message"), false);
    expect(heard).toEqual([{ kind: "keys", text: "before" }]);
    expect(socket.close.mock.calls).toEqual([[1000, undefined]]);
    expect(socket.terminate).not.toHaveBeenCalled();
    socket.emit("close");
  });

  test("is ended when its browser sends many small messages", () => {
    const { socket, link, type } = openLink();
    link.close();
    for (let count = 0; count < 16; count += 1) {
      type("x");
    }
    expect(socket.terminate).not.toHaveBeenCalled();
    type("x");
    expect(socket.terminate).toHaveBeenCalledOnce();
  });

  test("is ended when its browser sends more than 64 KiB", () => {
    const { socket, link, type } = openLink();
    link.close();
    type("x".repeat(60 * 1024));
    expect(socket.terminate).not.toHaveBeenCalled();
    type("x".repeat(5 * 1024));
    expect(socket.terminate).toHaveBeenCalledOnce();
  });
});
