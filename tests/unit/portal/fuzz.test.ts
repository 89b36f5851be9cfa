import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { resolve } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allowPort } from "../../support/hermetic/sockets";
import { head, pageRequests, requests, type Sent, terminals } from "./fuzz-cases";

const CASES = 10_000;
/** Twenty seconds on an idle machine. */
const PATIENCE_MILLISECONDS = 10 * 60_000;
/** Sent at the same time: most of a case is waiting for its answer. */
const AT_ONCE = 20;
const ANSWER_MILLISECONDS = 40;
/** Until a portal that is alive has answered, on a machine that is busy. */
const SECONDS = 20;

interface Portal {
  readonly port: number;
  readonly cookies: readonly string[];
}

const ALIVE = head(["GET /api/session HTTP/1.1", "host: portal.test", "connection: close"]);

/** Seed, error, and the beginnings of what was sent: all of it would fill the terminal. */
async function reportBriefly({
  failed,
  seed,
  counterexamplePath,
  counterexample,
  errorInstance,
}: fc.RunDetails<[Sent[]]>) {
  if (failed) {
    const sent = counterexample?.[0].map(
      ({ bytes, afterwards }) => `${afterwards} ${JSON.stringify(bytes.toString("latin1", 0, 300))}`,
    );
    throw new Error(`seed ${seed}, path ${counterexamplePath}\n${sent?.join("\n")}`, { cause: errorInstance });
  }
}

describe("a portal to which anything is sent", () => {
  let child: ChildProcess;
  let portal: Portal;
  let reported = "";

  beforeAll(async () => {
    child = fork(resolve("tests/unit/portal/fuzz-server.ts"), {
      execArgv: ["--require", "tsx/cjs"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    child.stderr?.on("data", (text: Buffer) => {
      reported += String(text);
    });
    [portal] = (await once(child, "message")) as [Portal];
    allowPort(portal.port);
  });
  afterAll(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.disconnect();
      await once(child, "exit");
    }
  });

  /** What the portal answers, until it closes or has had time enough. */
  function send({ bytes, afterwards }: Sent, milliseconds = ANSWER_MILLISECONDS): Promise<string> {
    return new Promise((done) => {
      let answer = "";
      const socket = connect(portal.port, "127.0.0.1");
      const timer = setTimeout(() => socket.resetAndDestroy(), milliseconds);
      socket.on("data", (text) => {
        answer += text.toString("latin1");
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        clearTimeout(timer);
        done(answer);
      });
      socket.on("connect", () => {
        socket.write(bytes, () =>
          afterwards === "close" ? socket.end() : afterwards === "reset" && socket.resetAndDestroy(),
        );
      });
    });
  }

  test.each(["//[", "http://["])("an upgrade to %s is answered by 400, and closed", async (path) => {
    const upgrade = ["host: portal.test", "upgrade: websocket", "connection: upgrade"];
    expect(await send(head([`GET ${path} HTTP/1.1`, ...upgrade]), SECONDS * 1000)).toMatch(/^HTTP\/1\.1 400 /);
    expect(child.exitCode).toBeNull();
  });

  test(
    `${CASES} requests, upgrades and frames, before and after login: it neither ends nor meets an error`,
    async () => {
      const opening = [
        "POST /api/terminal HTTP/1.1",
        "host: portal.test",
        "origin: https://portal.test",
        "connection: close",
      ];
      const opened = await send(
        head([...opening, "content-length: 0", `cookie: ${portal.cookies[0]}`]),
        SECONDS * 1000,
      );
      const terminal = /"id":"([^"]+)"/.exec(opened)?.[1] ?? expect.fail(opened);
      const any = fc.oneof(requests(portal.cookies), pageRequests(portal.cookies, terminal), terminals(portal.cookies));
      const statuses = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(fc.array(any, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (all) => {
          for (const answer of await Promise.all(all.map((each) => send(each)))) {
            const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? "none";
            statuses.set(status, (statuses.get(status) ?? 0) + 1);
          }
          expect(await send(ALIVE, SECONDS * 1000)).toMatch(/^HTTP\/1\.1 200 /);
          expect({ exitCode: child.exitCode, signal: child.signalCode, reported }).toEqual({
            exitCode: null,
            signal: null,
            reported: "",
          });
        }),
        { numRuns: CASES / AT_ONCE, endOnFailure: true, asyncReporter: reportBriefly },
      );
      // What is tried is not all refused at the first door.
      for (const status of ["101", "200", "400", "401", "403", "404"]) {
        expect(statuses.get(status)).toBeGreaterThan(0);
      }
      expect(statuses.get("500")).toBeUndefined();
    },
    PATIENCE_MILLISECONDS,
  );
});
