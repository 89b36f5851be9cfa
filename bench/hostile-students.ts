import { request } from "node:https";
import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import type { ClientMessage, ServerMessage } from "../portal/protocol";
import { claim } from "./portal-student";

/** Told to the process with the hostile browsers: it answers once, when the time is over. */
export interface HostileOrder {
  readonly url: string;
  readonly codes: readonly string[];
  readonly seconds: number;
}

/** What the hostile browsers did: a bench in which they did nothing measures nothing. */
export interface HostileAnswer {
  readonly terminalsOpened: number;
  /** Terminals that the portal refused, or closed. */
  readonly terminalsEnded: number;
  readonly keysSent: number;
  readonly screenCharacters: number;
  /** Answers to checks and to clicks on files, by HTTP status. */
  readonly answers: Readonly<Record<string, number>>;
  /** Longest answer to a check or a click, in milliseconds. */
  readonly slowestAnswer: number;
}

type Counts = { -readonly [Name in keyof HostileAnswer]: HostileAnswer[Name] } & { answers: Record<string, number> };

/** More than a seat may have. */
const TABS = 8;
const KEYS = "k".repeat(64 * 1024);
/** As much as one browser keeps waiting to be sent. */
const MOST_WAITING = 1024 * 1024;
const REQUESTS: readonly (readonly [path: string, body: object])[] = [
  ["/api/lesson/check", { step: "3" }],
  ["/api/lesson/check", { step: "4" }],
  ["/api/lesson/check", { step: "1" }],
  ["/api/lesson/file", { task: "3.1", existing: "keep" }],
  ["/api/lesson/file", { task: "3.2", existing: "keep" }],
];

function main(): void {
  // Browsers have processors of their own: here they take what the portal and the other seats leave.
  setPriority(constants.priority.PRIORITY_LOW);
  process.on("message", (order: HostileOrder) => {
    attack(order).then(
      (answer) => process.send?.({ answer }),
      (error: Error) => process.send?.({ problem: error.message }),
    );
  });
  process.on("disconnect", () => process.exit());
}

async function attack({ url, codes, seconds }: HostileOrder): Promise<HostileAnswer> {
  const counts: Counts = {
    terminalsOpened: 0,
    terminalsEnded: 0,
    keysSent: 0,
    screenCharacters: 0,
    answers: {},
    slowestAnswer: 0,
  };
  const end = performance.now() + seconds * 1000;
  const cookies = [];
  for (const code of codes) {
    cookies.push(await claim(url, code));
  }
  await Promise.all(
    cookies.flatMap((cookie) => [
      ...Array.from({ length: TABS }, () => keepTerminal({ url, cookie, end, counts })),
      ...REQUESTS.map(([path, body]) => keepAsking({ url, cookie, end, counts }, path, body)),
    ]),
  );
  return counts;
}

interface Attack {
  readonly url: string;
  readonly cookie: string;
  readonly end: number;
  readonly counts: Counts;
}

/** A tab that sends long keys without a pause, and is opened again each time that it is closed. */
async function keepTerminal({ url, cookie, end, counts }: Attack): Promise<void> {
  while (performance.now() < end) {
    const socket = new WebSocket(`${url.replace("https:", "wss:")}/terminal`, {
      rejectUnauthorized: false,
      headers: { origin: url, cookie },
    });
    const ended = new Promise<void>((resolve) => {
      socket.once("close", () => resolve());
      socket.once("error", () => resolve());
    });
    socket.on("message", (data) => {
      const message = JSON.parse(String(data)) as ServerMessage;
      counts.screenCharacters += message.kind === "screen" ? message.text.length : 0;
    });
    socket.once("open", () => {
      counts.terminalsOpened += 1;
      send(socket, { kind: "size", columns: 80, rows: 24 });
    });
    const sending = setInterval(() => {
      if (socket.readyState === socket.OPEN && socket.bufferedAmount < MOST_WAITING) {
        send(socket, { kind: "keys", text: KEYS });
        counts.keysSent += KEYS.length;
      }
    }, 5);
    await Promise.race([ended, sleep(Math.max(0, end - performance.now()), undefined, { ref: false })]);
    clearInterval(sending);
    counts.terminalsEnded += performance.now() < end ? 1 : 0;
    socket.terminate();
    await sleep(200);
  }
}

function send(socket: WebSocket, message: ClientMessage): void {
  socket.send(JSON.stringify(message));
}

async function keepAsking({ url, cookie, end, counts }: Attack, path: string, body: object): Promise<void> {
  while (performance.now() < end) {
    const start = performance.now();
    const status = await post(`${url}${path}`, cookie, JSON.stringify(body), end);
    counts.answers[status] = (counts.answers[status] ?? 0) + 1;
    counts.slowestAnswer = Math.max(counts.slowestAnswer, performance.now() - start);
    await sleep(50);
  }
}

/** Gives the status of the answer; `lost` when the connection ended, `open` when there was none until the end. */
function post(address: string, cookie: string, body: string, end: number): Promise<string> {
  const headers = { origin: new URL(address).origin, cookie, "content-type": "application/json" };
  return new Promise((resolve) => {
    const asking = request(address, { method: "POST", rejectUnauthorized: false, headers }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve(String(answer.statusCode)));
    });
    asking.once("error", () => resolve("lost"));
    setTimeout(
      () => {
        resolve("open");
        asking.destroy();
      },
      Math.max(0, end - performance.now()),
    ).unref();
    asking.end(body);
  });
}

if (require.main === module) {
  main();
}
