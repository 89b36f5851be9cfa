import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { contain } from "../../../portal/server/boundary";
import { claim } from "../../../portal/server/claims";
import { connectionsOfAnAddress } from "../../../portal/server/connections";
import { CountLimit } from "../../../portal/server/count-limit";
import { answerOn } from "../../../portal/server/serve";
import { claimSeat, testPortal } from "./app-support";

const PAGE = { files: new Map(), script: "page.js", styles: "page.css" };
const ORIGIN = "https://portal.test";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A portal at a port of its own, without TLS, and browsers' ways to it. */
async function openPortal() {
  const portal = testPortal();
  const server = createServer();
  const running = answerOn(server, portal.services, PAGE);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => running.close());
  const { port } = server.address() as AddressInfo;
  const cookieOf = (code: string | undefined) => {
    const claimed = claim(portal.roster.read(), code ?? "", undefined, new Date());
    if (claimed.kind !== "claimed") {
      return expect.fail(claimed.kind);
    }
    portal.roster.update(() => claimed.roster);
    return `${portal.services.cookie}=${claimed.token}`;
  };
  const dial = (cookie: string, seat = "seat01") =>
    new WebSocket(`ws://127.0.0.1:${port}/terminal?seat=${seat}`, {
      headers: { host: "portal.test", origin: ORIGIN, cookie },
    });
  const student = () => cookieOf(portal.codeOf("seat01"));
  const instructor = () => cookieOf(portal.roster.read().instructor?.code);
  return { ...portal, port, server, dial, student, instructor };
}

/** A WebSocket that says nothing by itself, not even that it is to be closed. */
async function silentSocket(port: number, cookie: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  const head = [
    "GET /terminal HTTP/1.1",
    "host: portal.test",
    `origin: ${ORIGIN}`,
    `cookie: ${cookie}`,
    "upgrade: websocket",
    "connection: upgrade",
    "sec-websocket-version: 13",
    "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  await once(socket, "data");
  return socket;
}

/** The first message of a WebSocket, or the status with which it was refused. */
function firstOf(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once("message", (data) => resolve(JSON.parse(String(data))));
    socket.on("unexpected-response", (_request, response) => {
      resolve(response.statusCode);
      response.destroy();
    });
    socket.on("error", () => {});
  });
}

describe("terminals of a seat", () => {
  test("the student has six, a seventh is told and closed, and the instructor gets in all the same", async () => {
    const { dial, student, instructor } = await openPortal();
    const cookie = student();
    const six = Array.from({ length: 6 }, () => dial(cookie));
    for (const socket of six) {
      expect(await firstOf(socket)).toMatchObject({ state: "connecting" });
    }
    const seventh = dial(cookie);
    const closed = once(seventh, "close");
    expect(await firstOf(seventh)).toMatchObject({
      state: "full",
      text: "This seat has 6 terminals open in browsers. Close one of them; this page then connects automatically.",
    });
    await closed;
    const theirs = instructor();
    expect(await firstOf(dial(theirs))).toMatchObject({ state: "connecting" });
    expect(await firstOf(dial(theirs))).toMatchObject({ state: "connecting" });
    expect(await firstOf(dial(theirs))).toMatchObject({ state: "full" });
    // One that is closed makes room.
    const [first] = six;
    first?.close();
    await vi.waitFor(async () => expect(await firstOf(dial(cookie))).toMatchObject({ state: "connecting" }));
  });

  test("a browser that keeps refused WebSockets open has twelve, and a thirteenth gets no handshake", async () => {
    const { dial, student, port } = await openPortal();
    const cookie = student();
    const sockets: Socket[] = [];
    while (sockets.length < 12) {
      sockets.push(await silentSocket(port, cookie));
    }
    expect(await firstOf(dial(cookie))).toBe(429);
    // They are closed without an answer, and gone then.
    await vi.waitFor(async () => expect(await firstOf(dial(cookie))).toMatchObject({ state: "full" }), {
      timeout: 8000,
      interval: 500,
    });
    for (const socket of sockets) {
      socket.destroy();
    }
  });

  test("a browser that opens terminals without a pause is refused, late, and others are not", async () => {
    const { dial, student, instructor } = await openPortal();
    const cookie = student();
    for (let count = 0; count < 30; count += 1) {
      const socket = dial(cookie);
      await firstOf(socket);
      socket.terminate();
    }
    const asked = performance.now();
    expect(await firstOf(dial(cookie))).toBe(429);
    expect(performance.now() - asked).toBeGreaterThan(900);
    expect(await firstOf(dial(instructor()))).toMatchObject({ state: "connecting" });
  });

  test("one that is closed and goes on sending is cut off", async () => {
    const { dial, student, port } = await openPortal();
    const cookie = student();
    const open = Array.from({ length: 6 }, () => dial(cookie));
    for (const socket of open) {
      await firstOf(socket);
    }
    const stream = await silentSocket(port, cookie);
    const began = performance.now();
    const closed = once(stream, "close");
    // Text frames of four letters, masked with zeros.
    const frame = Buffer.concat([Buffer.from([0x81, 0x84, 0, 0, 0, 0]), Buffer.from("keys")]);
    stream.write(Buffer.concat(Array.from({ length: 40 }, () => frame)));
    await closed;
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test("lines by requests count as well: a seventh is refused in words", async () => {
    const portal = testPortal();
    const cookie = await claimSeat(portal, portal.codeOf("seat01"));
    const statuses: number[] = [];
    for (let count = 0; count < 7; count += 1) {
      const response = await portal.request("/api/terminal", { cookie, body: {} });
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 200, 409]);
    expect(portal.terminals.count("seat01")).toBe(6);
    portal.terminals.closeAll();
  });
});

test("of one address as many connections are taken as a class needs, and each makes room when it closes", async () => {
  const { port, server } = await openPortal();
  const most = connectionsOfAnAddress(2);
  expect(most).toBe(80);
  const sockets: Socket[] = [];
  const open = async () => {
    const socket = connect(port, "127.0.0.1");
    sockets.push(socket);
    await once(socket, "connect");
    return socket;
  };
  for (let count = 0; count < most; count += 1) {
    await open();
  }
  await once(await open(), "close");
  expect(await new Promise((resolve) => server.getConnections((_error, count) => resolve(count)))).toBe(most);
  sockets[0]?.destroy();
  await vi.waitFor(async () => {
    const again = await open();
    const answered = once(again, "data");
    again.write("GET /api/session HTTP/1.1\r\nhost: portal.test\r\n\r\n");
    expect(String(await Promise.race([answered, once(again, "close")]))).toContain("200 OK");
  });
  for (const socket of sockets) {
    socket.destroy();
  }
});

test("of one browser sixteen requests are answered at the same time, and a seventeenth is refused", async () => {
  const { port, student } = await openPortal();
  const cookie = student();
  const held = Array.from({ length: 16 }, () => connect(port, "127.0.0.1"));
  for (const socket of held) {
    // A body that does not come.
    socket.write(
      `POST /api/claim HTTP/1.1\r\nhost: portal.test\r\norigin: ${ORIGIN}\r\ncookie: ${cookie}\r\ncontent-length: 9\r\n\r\n`,
    );
  }
  const ask = async () => (await fetch(`http://127.0.0.1:${port}/api/session`, { headers: { cookie } })).status;
  await vi.waitFor(async () => expect(await ask()).toBe(429));
  held[0]?.destroy();
  await vi.waitFor(async () => expect(await ask()).toBe(200));
  for (const socket of held) {
    socket.destroy();
  }
});

describe("what goes wrong stays where it is", () => {
  test("a roster that cannot be read, when the timer looks for freed seats", async () => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => {});
    const { roster, dial, student } = await openPortal();
    await firstOf(dial(student()));
    vi.spyOn(roster, "read").mockImplementation(() => {
      throw new Error("EMFILE: too many open files");
    });
    await vi.waitFor(() => expect(reported).toHaveBeenCalled(), { timeout: 5000 });
    expect(String(reported.mock.calls[0])).toContain("portal: terminals of freed seats: Error: EMFILE");
  });

  test("the same at an upgrade: the browser is told, and the connection closed", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { roster, dial, student } = await openPortal();
    const cookie = student();
    vi.spyOn(roster, "read").mockImplementation(() => {
      throw new Error("EMFILE: too many open files");
    });
    expect(await firstOf(dial(cookie))).toBe(500);
  });

  test.each([
    ["at once", () => expect.fail("x\x1b[2Jy")],
    ["later", async () => expect.fail("x\x1b[2Jy")],
  ])("what work throws %s is reported, without control characters, and what it had open is closed", async (_, work) => {
    const reported = vi.spyOn(console, "error").mockImplementation(() => {});
    const close = vi.fn();
    contain("work", work, close);
    await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(1));
    expect(String(reported.mock.calls[0])).toContain("portal: work: AssertionError: x\\u001b[2Jy");
  });
});

test("a count is given back once", () => {
  const limit = new CountLimit();
  const first = limit.take("a", 2);
  limit.take("a", 2);
  expect(limit.take("a", 2)).toBeUndefined();
  expect(limit.take("b", 2)).toBeDefined();
  first?.();
  first?.();
  expect(limit.take("a", 2)).toBeDefined();
  expect(limit.take("a", 2)).toBeUndefined();
});
