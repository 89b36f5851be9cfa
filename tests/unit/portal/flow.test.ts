import type { ClientChannel, ServerChannel } from "ssh2";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { bytesUnsent } from "../../../adapters/ssh/node-shell/connect";
import { RateLimit } from "../../../portal/server/rate-limit";
import type { SeatNode } from "../../../portal/server/seat-nodes";
import type { Link } from "../../../portal/server/terminal/link";
import { PollLink } from "../../../portal/server/terminal/poll-link";
import { MOST_UNREAD } from "../../../portal/server/terminal/pty";
import {
  MOST_UNTAKEN,
  MOST_WAITING,
  SeatTerminal,
  type TerminalDependencies,
} from "../../../portal/server/terminal/seat-terminal";
import { Terminals } from "../../../portal/server/terminals";
import { testPortal } from "./app-support";
import { sshNode } from "./ssh-node";
import { freeRates, TestLink, testNode } from "./terminal-support";

const KEYS = "x".repeat(64 * 1024);
const SIZE = { kind: "size", columns: 80, rows: 24 } as const;
const SECONDS = 1000;

function showOn(link: Link, node: SeatNode, rates: TerminalDependencies["rates"] = freeRates()): void {
  const told = {
    rates,
    onActivity: () => {},
    onScreen: () => {},
    onMachine: () => "same" as const,
    mayStart: async () => {},
    takePause: () => ({ holdsTooMuch: () => false, end: () => {} }),
  };
  void new SeatTerminal(link, { node: async () => node, window: "decides", ...told }).run();
  onTestFinished(() => link.close());
}

/** A terminal on a node of the test's. */
async function open(rates?: TerminalDependencies["rates"]) {
  const { node, channels, client } = testNode("a".repeat(32));
  const link = new TestLink();
  showOn(link, node, rates);
  link.says(SIZE);
  await vi.waitFor(() => expect(link.texts("state").at(-1)).toBe("Connected."));
  const [channel = expect.fail()] = channels;
  return { link, channel, client };
}

describe("a browser that sends keys without a pause", () => {
  test("is not read until its keys are within the limit, whatever the node takes meanwhile", async () => {
    const rates = { ...freeRates(), keys: new RateLimit({ perSecond: 10_000, burst: 20_000 }, () => 0) };
    const { link, channel } = await open(rates);
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    channel.writableLength = MOST_UNTAKEN + 1;
    link.says({ kind: "keys", text: "x".repeat(40_000) });
    expect(link.isPaused).toBe(true);
    channel.writableLength = 0;
    vi.advanceTimersByTime(1500);
    expect(link.isPaused).toBe(true);
    vi.advanceTimersByTime(1000);
    expect(link.isPaused).toBe(false);
    expect(channel.typed.join("")).toHaveLength(40_000);
    expect(link.isClosed).toBe(false);
  });

  test("is read no more than others are when its messages are short", async () => {
    const rates = { ...freeRates(), keys: new RateLimit({ perSecond: 10_000, burst: 20_000 }, () => 0) };
    const { link } = await open(rates);
    for (let count = 0; count < 400; count += 1) {
      link.says({ kind: "keys", text: "x" });
    }
    expect(link.isPaused).toBe(true);
  });
});

test("a node that fills the screen without a pause is read as fast as the limit", async () => {
  const rates = { ...freeRates(), screen: new RateLimit({ perSecond: MOST_WAITING, burst: MOST_WAITING }) };
  const { link, channel } = await open(rates);
  channel.emit("data", Buffer.alloc(2 * MOST_WAITING, "x"));
  expect(channel.isPaused).toBe(false);
  channel.emit("data", Buffer.alloc(MOST_WAITING / 2, "x"));
  expect(channel.isPaused).toBe(true);
  await vi.waitFor(() => expect(channel.isPaused).toBe(false), 3000);
  expect(link.isClosed).toBe(false);
});

describe("a node that does not take what is typed", () => {
  test("has its browser wait, until half of it is taken", async () => {
    const { link, channel } = await open();
    channel.writableLength = MOST_UNTAKEN;
    link.says({ kind: "keys", text: "x" });
    expect(link.isPaused).toBe(false);
    channel.writableLength = MOST_UNTAKEN + 1;
    link.says({ kind: "keys", text: "x" });
    expect(link.isPaused).toBe(true);
    channel.writableLength = MOST_UNTAKEN / 2;
    await vi.waitFor(() => expect(link.isPaused).toBe(false));
    expect(link.isClosed).toBe(false);
  });

  test("is given up after ten seconds: the browser is told, and connects again", async () => {
    const { link, channel } = await open();
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    channel.writableLength = MOST_UNTAKEN + 1;
    link.says({ kind: "keys", text: "x" });
    vi.advanceTimersByTime(9 * SECONDS);
    expect(link.isClosed).toBe(false);
    vi.advanceTimersByTime(2 * SECONDS);
    expect(link.texts("notice").at(-1)).toContain("did not accept what was typed");
    expect(link.isClosed).toBe(true);
  });
});

describe("a browser that does not take what is shown", () => {
  test("has its node wait, until half of it is taken", async () => {
    const { link, channel } = await open();
    link.backlog = MOST_WAITING + 1;
    channel.emit("data", Buffer.from("x"));
    expect(channel.isPaused).toBe(true);
    link.backlog = MOST_WAITING / 2;
    await vi.waitFor(() => expect(channel.isPaused).toBe(false));
  });

  test("is given up after ten seconds", async () => {
    const { link, channel } = await open();
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    link.backlog = MOST_WAITING + 1;
    channel.emit("data", Buffer.from("x"));
    vi.advanceTimersByTime(11 * SECONDS);
    expect(link.isClosed).toBe(true);
  });

  test("given up, has nothing kept for it, however long it takes to hear of that", async () => {
    const { link, channel } = await open();
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    vi.spyOn(link, "close").mockImplementation(() => {});
    const closed = vi.fn();
    channel.on("close", closed);
    link.backlog = MOST_WAITING + 1;
    channel.emit("data", Buffer.from("x"));
    vi.advanceTimersByTime(11 * SECONDS);
    expect(closed).toHaveBeenCalledTimes(1);
    expect(channel.isPaused).toBe(false);
    expect(channel.listenerCount("data")).toBe(0);
  });

  test("whose node sends more than it may loses that node's connection", async () => {
    const { link, channel, client } = await open();
    link.backlog = MOST_WAITING + 1;
    channel.emit("data", Buffer.from("x"));
    channel.readableLength = MOST_UNREAD + 1;
    await vi.waitFor(() => expect(link.isClosed).toBe(true));
    expect(client.destroy).toHaveBeenCalled();
  });

  test("of a seat do not start while the others show too much", async () => {
    const portal = testPortal();
    const { node, channels } = testNode("a".repeat(32));
    vi.spyOn(portal.services.nodes, "node").mockResolvedValue(node);
    onTestFinished(() => portal.terminals.closeAll());
    const [first, second] = [new TestLink(), new TestLink()];
    portal.terminals.show("seat01", first, { role: "student", isStillAllowed: () => true });
    first.says(SIZE);
    await vi.waitFor(() => expect(first.texts("state").at(-1)).toBe("Connected."));
    channels[0]?.emit("data", Buffer.alloc(1024 * 1024, "x"));
    portal.terminals.show("seat01", second, { role: "student", isStillAllowed: () => true });
    second.says(SIZE);
    await vi.waitFor(() => expect(second.texts("state").at(-1)).toContain("show too much"));
    // Past the gap between two starts.
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(channels).toHaveLength(1);
    await vi.waitFor(() => expect(second.texts("state").at(-1)).toBe("Connected."), 5000);
  });

  test("of several seats, together: the one that holds most is closed when all hold too much", async () => {
    const portal = testPortal();
    const { node, channels } = testNode("a".repeat(32));
    vi.spyOn(portal.services.nodes, "node").mockResolvedValue(node);
    const links: TestLink[] = [];
    for (const seat of ["seat01", "seat02"]) {
      for (let count = 0; count < 2; count += 1) {
        const link = new TestLink();
        portal.terminals.show(seat, link, { role: "student", isStillAllowed: () => true });
        link.says(SIZE);
        links.push(link);
        await vi.waitFor(() => expect(link.texts("state").at(-1)).toBe("Connected."));
      }
    }
    onTestFinished(() => portal.terminals.closeAll());
    const megabytes = [1.05, 0.95, 1.25, 1.1];
    for (const [index, link] of links.entries()) {
      link.backlog = MOST_WAITING + 1;
      const [channel = expect.fail()] = channels.slice(index);
      channel.readableLength = (megabytes[index] ?? 0) * 1024 * 1024;
      channel.emit("data", Buffer.from("x"));
    }
    await vi.waitFor(() => expect(links.map(({ isClosed }) => isClosed)).toEqual([false, false, true, false]));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(links.filter(({ isClosed }) => isClosed)).toHaveLength(1);
  });

  test("of several of a seat: two at once may have the node wait, and a third is closed; the instructor's own are apart", async () => {
    const { services } = testPortal();
    const { node, channels } = testNode("a".repeat(32));
    const terminals = new Terminals({ ...services, nodes: { node: async () => node } });
    const show = async (role: "student" | "instructor") => {
      const link = new TestLink();
      terminals.show("seat01", link, { role, isStillAllowed: () => true });
      onTestFinished(() => link.close());
      link.says(SIZE);
      await vi.waitFor(() => expect(link.texts("state").at(-1)).toBe("Connected."));
      link.backlog = MOST_WAITING + 1;
      channels.at(-1)?.emit("data", Buffer.from("x"));
      return link;
    };
    const students = [await show("student"), await show("student"), await show("student")];
    expect(students.map(({ isClosed }) => isClosed)).toEqual([false, false, true]);
    const instructors = [await show("instructor"), await show("instructor")];
    expect(instructors.map(({ isClosed }) => isClosed)).toEqual([false, false]);
    // One that has caught up leaves its place to another one.
    (students[0] as TestLink).backlog = 0;
    await vi.waitFor(() => expect(channels[0]?.isPaused).toBe(false));
    expect((await show("student")).isClosed).toBe(false);
  });
});

describe("a node that answers nothing", () => {
  test("loses its connection when it starts no terminal for fifteen seconds, and the browser is told", async () => {
    const { node, client } = testNode("a".repeat(32));
    const link = new TestLink();
    vi.spyOn(node.client, "exec").mockImplementation(() => node.client);
    showOn(link, node);
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    link.says(SIZE);
    await vi.advanceTimersByTimeAsync(16 * SECONDS);
    expect(client.destroy).toHaveBeenCalledTimes(1);
    expect(link.texts("state").at(-1)).toContain("Your machine cannot be reached: it does not answer.");
  });

  test("loses it, too, when it does not confirm that a terminal is closed", async () => {
    const { link, channel, client } = await open();
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    vi.spyOn(channel, "close").mockImplementation(() => {});
    link.close();
    vi.advanceTimersByTime(16 * SECONDS);
    expect(client.destroy).toHaveBeenCalledTimes(1);
  });

  test("keeps it when it does", async () => {
    const { link, client } = await open();
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    link.close();
    vi.advanceTimersByTime(16 * SECONDS);
    expect(client.destroy).not.toHaveBeenCalled();
  });
});

describe("over a real SSH connection", () => {
  /** A portal's connection to a node whose one terminal the test has. */
  async function openOverSsh(link: Link) {
    let onChannel: (channel: ServerChannel) => void = () => {};
    const started = new Promise<ServerChannel>((resolve) => {
      onChannel = resolve;
    });
    const { node, close } = await sshNode((channel) => onChannel(channel));
    onTestFinished(close);
    showOn(link, node);
    return { node, channel: await started };
  }

  test("a node that reads nothing: no more is kept for it than may be, however much is typed", async () => {
    const link = new TestLink();
    // Nobody reads the channel: what its window holds is all that the node takes.
    await openOverSsh(link);
    await vi.waitFor(() => expect(link.texts("state").at(-1)).toBe("Connected."));
    let sent = 0;
    for (let round = 0; round < 1000 && !link.isPaused; round += 1) {
      link.says({ kind: "keys", text: KEYS });
      sent += KEYS.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(link.isPaused).toBe(true);
    // What ssh2's server reads ahead, and its window, and what waits here.
    expect(sent).toBeLessThanOrEqual(4 * 1024 * 1024 + MOST_UNTAKEN + KEYS.length);
  });

  test("what a node leaves in its connection counts, too: it may give as large a window as it likes", async () => {
    const { node, stopReading, close } = await sshNode(() => {});
    onTestFinished(close);
    const channels = await Promise.all(Array.from({ length: 10 }, () => openChannel(node)));
    expect(bytesUnsent(node.client)).toBe(0);
    stopReading();
    for (const channel of channels) {
      channel.write("x".repeat(2 * 1024 * 1024));
    }
    // All of it is within the windows, so that no channel has anything left.
    expect(channels.map(({ writableLength }) => writableLength)).toEqual(channels.map(() => 0));
    expect(bytesUnsent(node.client)).toBeGreaterThan(MOST_UNTAKEN);
  });

  test("a browser that never asks for its screen: the node is not read further, and little of it waits", async () => {
    const link = new PollLink();
    const { channel } = await openOverSsh(link);
    let sent = 0;
    const text = "y\r\n".repeat(10_000);
    // In ssh2 a write calls back once it is within the window that the other side gives.
    const pour = () =>
      channel.write(text, () => {
        sent += text.length;
        pour();
      });
    pour();
    let before = -1;
    await vi.waitFor(
      () => {
        const isStill = sent > 0 && sent === before;
        before = sent;
        expect(isStill).toBe(true);
      },
      { timeout: 9 * SECONDS, interval: 500 },
    );
    expect(link.waiting()).toBeLessThan(MOST_WAITING + 64 * 1024);
    expect(sent).toBeLessThan(MOST_WAITING + MOST_UNREAD);
  });
});

function openChannel({ client }: SeatNode): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec("x", { pty: true }, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
}

describe("a line by requests", () => {
  test("counts what waits as it comes and goes, with a price for each message", async () => {
    const link = new PollLink();
    onTestFinished(() => link.close());
    for (let count = 0; count < 1000; count += 1) {
      link.send({ kind: "screen", text: "x" });
    }
    expect(link.waiting()).toBe(65_000);
    const { last } = await link.poll(0);
    expect(last).toBe(1000);
    void link.poll(last);
    expect(link.waiting()).toBe(0);
  });

  test("answers 64 KiB at a time, in order, also a message that is longer than that", async () => {
    const link = new PollLink();
    onTestFinished(() => link.close());
    const texts = ["a".repeat(40_000), "b".repeat(40_000), "c".repeat(100_000), "d"];
    for (const text of texts) {
      link.send({ kind: "screen", text });
    }
    const answers: string[][] = [];
    for (let after = 0; after < texts.length; ) {
      const { last, messages } = await link.poll(after);
      answers.push(messages.map(({ text }) => text));
      after = last;
    }
    expect(answers).toEqual(texts.map((text) => [text]));
  });

  test("holds one request: an earlier one is answered at once", async () => {
    const link = new PollLink();
    onTestFinished(() => link.close());
    const first = link.poll(0);
    void link.poll(0);
    expect(await first).toEqual({ last: 0, messages: [] });
  }, 5000);

  test("is closed when a megabyte waits, whatever it is", () => {
    const link = new PollLink();
    const closed = vi.fn();
    link.onClose(closed);
    for (let count = 0; count < 5000 && closed.mock.calls.length === 0; count += 1) {
      link.send({ kind: "notice", text: "x".repeat(500) });
    }
    expect(closed).toHaveBeenCalledTimes(1);
    expect(link.waiting()).toBeLessThan(1024 * 1024 + 1000);
  });

  test("that is paused reads no request until it goes on, and one at a time", async () => {
    const link = new PollLink();
    onTestFinished(() => link.close());
    const read = vi.fn(async () => [SIZE]);
    link.pause();
    const received = link.receive(read);
    expect(await link.receive(read)).toBe(false);
    expect(read).not.toHaveBeenCalled();
    link.resume();
    expect(await received).toBe(true);
    expect(read).toHaveBeenCalledTimes(1);
    expect(await link.receive(read)).toBe(true);
  });
});
