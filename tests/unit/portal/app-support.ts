import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { createApp } from "../../../portal/server/app";
import { Terminals } from "../../../portal/server/terminals";
import { type Given, testServices } from "./services-support";

export const HOST = "portal.test:8443";
export const ORIGIN = `https://${HOST}`;
/** A portal of two seats whose requests are answered in this process. Nothing of it is left after the test, or when it says. */
export function testPortal(atEnd: (cleanUp: () => void) => void = onTestFinished, given: Given = {}) {
  const directory = mkdtempSync(join(tmpdir(), "portal-"));
  atEnd(() => rmSync(directory, { recursive: true }));
  const services = testServices(directory, given);
  const { roster } = services;
  const terminals = new Terminals(services);
  const page = { files: new Map(), script: "page.js", styles: "page.css" };
  const app = createApp({ services, terminals, page, addressOf: given.address ?? (() => "192.0.2.1") });
  const request = (path: string, options: { cookie?: string; body?: unknown; origin?: string } = {}) =>
    app.request(`${ORIGIN}${path}`, {
      headers: {
        host: HOST,
        ...(options.cookie === undefined ? {} : { cookie: options.cookie }),
        ...(options.body === undefined ? {} : { origin: options.origin ?? ORIGIN, "content-type": "application/json" }),
      },
      ...(options.body === undefined ? {} : { method: "POST", body: JSON.stringify(options.body) }),
    });
  return { services, terminals, request, codeOf: (seat: string) => roster.read().seats[seat]?.code ?? "", roster };
}

/** Claims a seat with its code; gives the cookie that a browser then has. */
export async function claimSeat(portal: ReturnType<typeof testPortal>, code: string): Promise<string> {
  const response = await portal.request("/api/claim", { body: { code } });
  expect(response.status).toBe(200);
  return response.headers.get("set-cookie")?.split(";")[0] ?? "";
}
