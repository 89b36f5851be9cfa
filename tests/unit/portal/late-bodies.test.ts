import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../adapters/files/own-machine";
import { ownCertificate } from "../../../portal/server/certificate";
import { releaseSeat, withInstructorCode } from "../../../portal/server/claims";
import { servePortal } from "../../../portal/server/serve";
import { claimSeat, testPortal } from "./app-support";

interface LateRequest {
  /** Sends the body that was announced; gives the answer's status, and how long it took in milliseconds. */
  send(): Promise<{ readonly status: number; readonly after: number }>;
}

/** A portal on a port, and requests to it whose heads are there long before their bodies. */
async function lateBodies(given: Parameters<typeof testPortal>[1] = {}) {
  const directory = mkdtempSync(join(tmpdir(), "portal-"));
  const portal = testPortal(undefined, given);
  const port = await freePort();
  const page = { files: new Map(), script: "page.js", styles: "page.css" };
  const running = await servePortal(portal.services, page, { ...(await ownCertificate(directory, "localhost")), port });
  onTestFinished(async () => {
    await running.close();
    rmSync(directory, { recursive: true });
  });

  const post = async (path: string, request: unknown, cookie = ""): Promise<LateRequest> => {
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const body = JSON.stringify(request);
    const head = [`POST ${path} HTTP/1.1`, `Host: localhost:${port}`, `Origin: https://localhost:${port}`];
    const content = ["Content-Type: application/json", `Content-Length: ${body.length}`, "Expect: 100-continue"];
    socket.write([...head, ...content, `Cookie: ${cookie}`, "", ""].join("\r\n"));
    // "Continue": the portal is at work on the request, and waits for its body.
    expect(String((await once(socket, "data"))[0])).toMatch(/^HTTP\/1\.1 100 /);
    return { send: () => statusAfter(socket, body) };
  };
  return { portal, post };
}

async function statusAfter(socket: TLSSocket, body: string) {
  const started = performance.now();
  socket.write(body);
  const [data] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return { status: Number(/^HTTP\/1.1 (\d{3})/.exec(String(data))?.[1]), after: performance.now() - started };
}

test("wrong codes in late bodies are as many as the portal holds; the right one among them passes at once", async () => {
  const { portal, post } = await lateBodies({ wrongCodes: { seconds: 1, mostOfNetwork: 5, most: 100 } });
  const code = portal.codeOf("seat01");
  const wrong = await Promise.all(Array.from({ length: 30 }, () => post("/api/claim", { code: "zzzz-zzzz-zzzz" })));
  const right = await post("/api/claim", { code });
  const answers = Promise.all(wrong.map((request) => request.send()));
  const claimed = await right.send();
  expect(claimed.status).toBe(200);
  expect(claimed.after).toBeLessThan(900);
  const held = (await answers).filter(({ status }) => status === 403);
  expect(held).toHaveLength(5);
  expect(Math.min(...held.map(({ after }) => after))).toBeGreaterThan(990);
  expect((await answers).filter(({ status }) => status === 429)).toHaveLength(25);
});

test.each(["/api/lesson/command", "/api/lesson/file", "/api/lesson/check", "/api/terminal/none", "/api/terminal"])(
  "%s does nothing for a browser whose seat was freed before its body came",
  async (path) => {
    const { portal, post } = await lateBodies();
    const cookie = await claimSeat(portal, portal.codeOf("seat01"));
    const late = await post(path, { task: "2.3" }, cookie);
    portal.roster.update((roster) => releaseSeat(roster, "seat01") ?? roster);
    expect((await late.send()).status).toBe(401);
  },
);

test.each([
  ["/api/wall/free", { seat: "seat01" }],
  ["/api/wall/message", { text: "hello" }],
  ["/api/wall/change", { kind: "reset", seat: "seat01", home: "discard" }],
])("%s does nothing for a browser that is no longer the instructor's when its body comes", async (path, request) => {
  const commands: string[] = [];
  const run = async ([command = ""]: readonly string[]) => commands.push(command) - 1;
  const { portal, post } = await lateBodies({ run });
  await claimSeat(portal, portal.codeOf("seat01"));
  const cookie = await claimSeat(portal, portal.roster.read().instructor?.code ?? "");
  const late = await post(path, request, cookie);
  portal.roster.update(withInstructorCode);
  expect((await late.send()).status).toBe(403);
  expect(portal.roster.read().seats["seat01"]?.claim).toBeDefined();
  expect(commands).toEqual([]);
});
