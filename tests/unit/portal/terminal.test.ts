import { describe, expect, test, vi } from "vitest";
import { LabError } from "../../../core/errors";
import type { ClientMessage } from "../../../portal/protocol";
import type { SeatNode } from "../../../portal/server/seat-nodes";
import { parseClientMessage } from "../../../portal/server/terminal/link";
import { PollLink } from "../../../portal/server/terminal/poll-link";
import { SeatTerminal } from "../../../portal/server/terminal/seat-terminal";
import { freeRates, TestLink, testNode } from "./terminal-support";

const SIZE: ClientMessage = { kind: "size", columns: 100, rows: 30 };

function open(node: () => Promise<SeatNode>) {
  const link = new TestLink();
  const activity = vi.fn();
  const shown = vi.fn();
  const told = {
    rates: freeRates(),
    onActivity: activity,
    onScreen: shown,
    onMachine: () => "same" as const,
    mayStart: async () => {},
    takePause: () => ({ holdsTooMuch: () => false, end: () => {} }),
  };
  const terminal = new SeatTerminal(link, { node, window: "decides", ...told });
  void terminal.run();
  link.says(SIZE);
  return { link, activity, shown };
}

describe("a terminal", () => {
  test("is as large as the browser's, and passes on what is typed and shown", async () => {
    const { node, channels, sizes } = testNode("a");
    const { link, activity, shown } = open(async () => node);
    await vi.waitFor(() => expect(channels).toHaveLength(1));
    expect(sizes).toEqual([{ term: "xterm-256color", cols: 100, rows: 30 }]);
    await vi.waitFor(() => expect(link.texts("state").at(-1)).toBe("Connected."));
    link.says({ kind: "keys", text: "ls\r" });
    link.says({ kind: "size", columns: 80, rows: 24 });
    const [channel] = channels;
    expect(channel?.typed).toEqual(["ls\r"]);
    expect(channel?.sizes).toEqual([{ rows: 24, columns: 80 }]);
    expect(activity).toHaveBeenCalledTimes(1);
    // A letter in two packets.
    channel?.emit("data", Buffer.from([0xc3]));
    channel?.emit("data", Buffer.from([0xa4]));
    expect(link.texts("screen").join("")).toBe("\x1bcä");
    expect(shown.mock.calls.flat().join("")).toBe("ä");
    link.close();
  });

  test("of a node that was replaced says so and shows the new one", async () => {
    const [first, second] = [testNode("a"), testNode("b")];
    let now = first;
    const { link } = open(async () => now.node);
    await vi.waitFor(() => expect(first.channels).toHaveLength(1));
    now = second;
    first.channels[0]?.close();
    await vi.waitFor(() => expect(second.channels).toHaveLength(1), 5000);
    expect(link.texts("notice")).toEqual([
      "The connection to your machine was lost. Reconnecting.",
      "Your machine was replaced by a new one. Your work on the old one is gone: start again at step 1.",
    ]);
    link.close();
  });

  test("whose shell has ended gets a new one, and is told that nothing is lost", async () => {
    const { node, channels } = testNode("a");
    const { link } = open(async () => node);
    await vi.waitFor(() => expect(channels).toHaveLength(1));
    channels[0]?.emit("exit", 0);
    channels[0]?.close();
    await vi.waitFor(() => expect(channels).toHaveLength(2), 5000);
    expect(link.texts("notice")).toEqual(["The shell has ended; this is a new one. Nothing on your machine is lost."]);
    link.close();
  });

  test("of a node that is down says why, without its address, and tries again", async () => {
    const { node, channels } = testNode("a");
    let tries = 0;
    const { link } = open(async () => {
      tries += 1;
      if (tries === 1) {
        throw new LabError("The node at student@192.0.2.2:22 cannot be reached: connect ECONNREFUSED 192.0.2.2:22.");
      }
      return node;
    });
    await vi.waitFor(() => expect(channels).toHaveLength(1), 5000);
    expect(link.texts("state")).toContain(
      "Your machine cannot be reached: it refuses connections. Reconnecting; you do not need to reload the page.",
    );
    link.close();
  });

  test("is not read while its browser does not keep up", async () => {
    const { node, channels } = testNode("a");
    const { link } = open(async () => node);
    await vi.waitFor(() => expect(link.texts("state").at(-1)).toBe("Connected."));
    link.backlog = 1024 * 1024;
    channels[0]?.emit("data", Buffer.from("x"));
    expect(channels[0]?.isPaused).toBe(true);
    link.backlog = 0;
    await vi.waitFor(() => expect(channels[0]?.isPaused).toBe(false));
    link.close();
  });
});

describe("a line by requests", () => {
  test("answers what came since, keeps it until it was taken, and waits when there is nothing", async () => {
    const link = new PollLink();
    link.send({ kind: "screen", text: "a" });
    link.send({ kind: "screen", text: "b" });
    const first = await link.poll(0);
    expect(first).toEqual({
      last: 2,
      messages: [
        { kind: "screen", text: "a" },
        { kind: "screen", text: "b" },
      ],
    });
    expect(await link.poll(1)).toMatchObject({ last: 2, messages: [{ text: "b" }] });
    const waiting = link.poll(2);
    link.send({ kind: "notice", text: "c" });
    expect(await waiting).toEqual({ last: 3, messages: [{ kind: "notice", text: "c" }] });
    link.close();
  });

  test("passes on messages, and is over when its browser asks no more", async () => {
    vi.useFakeTimers();
    const link = new PollLink();
    const [messages, closed] = [vi.fn(), vi.fn()];
    link.onMessage(messages);
    link.onClose(closed);
    void link.receive(async () => [SIZE]);
    await vi.advanceTimersByTimeAsync(0);
    expect(messages).toHaveBeenCalledWith(SIZE);
    vi.advanceTimersByTime(59_000);
    expect(closed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2000);
    expect(closed).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });
});

test.each([
  "",
  "{}",
  "null",
  '{"kind":"keys"}',
  '{"kind":"size","columns":1e9,"rows":24}',
  '{"kind":"run","text":"x"}',
])("%j is no message of our page", (text) => {
  expect(parseClientMessage(text)).toBeUndefined();
});
