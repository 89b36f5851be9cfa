import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { freePort } from "../../../adapters/files/own-machine";
import { ownCertificate } from "../../../portal/server/certificate";
import { claim } from "../../../portal/server/claims";
import { type RunningPortal, servePortal } from "../../../portal/server/serve";
import { testPortal } from "./app-support";

describe("a WebSocket to a terminal", () => {
  const cleanUps: (() => void)[] = [];
  let portal: ReturnType<typeof testPortal>;
  let directory: string;
  let running: RunningPortal;
  let port: number;
  let cookie: string;

  beforeAll(async () => {
    portal = testPortal((cleanUp) => cleanUps.push(cleanUp));
    directory = mkdtempSync(join(tmpdir(), "portal-"));
    port = await freePort();
    const page = { files: new Map(), script: "page.js", styles: "page.css" };
    running = await servePortal(portal.services, page, { ...(await ownCertificate(directory, "localhost")), port });
    const claimed = claim(portal.roster.read(), portal.codeOf("seat01"), undefined, new Date());
    if (claimed.kind !== "claimed") {
      expect.fail(claimed.kind);
    }
    portal.roster.update(() => claimed.roster);
    cookie = `${portal.services.cookie}=${claimed.token}`;
  });
  afterAll(async () => {
    await running?.close();
    rmSync(directory, { recursive: true });
    for (const cleanUp of cleanUps) {
      cleanUp();
    }
  });

  /** The first message, or the status with which it was refused. */
  function dial(path: string, headers: Record<string, string>): Promise<unknown> {
    const socket = new WebSocket(`wss://localhost:${port}${path}`, { rejectUnauthorized: false, headers });
    return new Promise((resolve) => {
      socket.on("message", (data) => {
        resolve(JSON.parse(String(data)));
        socket.close();
      });
      socket.on("unexpected-response", (_request, response) => {
        resolve(response.statusCode);
        response.destroy();
      });
      socket.on("error", () => {});
    });
  }

  test("from the portal's own page, with the seat's cookie, is answered", async () => {
    const origin = `https://localhost:${port}`;
    expect(await dial("/terminal", { origin, cookie })).toMatchObject({ kind: "state", state: "connecting" });
    expect(await dial("/terminal?seat=seat01", { origin, cookie })).toMatchObject({ kind: "state" });
  });

  test("from any other page is refused, cookie or not", async () => {
    for (const origin of ["https://evil.test", `http://localhost:${port}`, "null"]) {
      expect(await dial("/terminal", { origin, cookie })).toBe(403);
    }
    expect(await dial("/terminal", { cookie })).toBe(403);
  });

  test("without a seat, to another seat, or to another path is refused", async () => {
    const origin = `https://localhost:${port}`;
    expect(await dial("/terminal", { origin })).toBe(401);
    expect(await dial("/terminal?seat=seat02", { origin, cookie })).toBe(401);
    expect(await dial("/elsewhere", { origin, cookie })).toBe(403);
  });

  test("on a port that another program has: the portal does not start, and says why", async () => {
    const page = { files: new Map(), script: "page.js", styles: "page.css" };
    const second = servePortal(portal.services, page, { ...(await ownCertificate(directory, "localhost")), port });
    await expect(second).rejects.toThrow(`The portal cannot listen on port ${port}: it is in use by another program.`);
  });
});

test("a portal that closes does not wait for a browser that is connected and says nothing", async () => {
  const directory = mkdtempSync(join(tmpdir(), "portal-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const port = await freePort();
  const page = { files: new Map(), script: "page.js", styles: "page.css" };
  const certificate = await ownCertificate(directory, "localhost");
  const running = await servePortal(testPortal().services, page, { ...certificate, port });
  const silent = connect(port, "127.0.0.1");
  const ended = new Promise((resolve) => silent.once("close", resolve));
  await new Promise((resolve) => silent.once("connect", resolve));
  await Promise.all([running.close(), ended]);
  expect(silent.destroyed).toBe(true);
}, 5000);
