import { describe, expect, test } from "vitest";
import type { WallAnswer } from "../../../portal/protocol";
import { claimSeat, HOST, testPortal } from "./app-support";

async function problemOf(response: Response): Promise<string> {
  return ((await response.json()) as { problem: string }).problem;
}

describe("every answer", () => {
  test.each(["/", "/api/session", "/assets/none", "/nowhere"])(
    "%s runs nothing from elsewhere, in no frame",
    async (path) => {
      const { headers } = await testPortal().request(path);
      const policy = headers.get("content-security-policy");
      expect(policy).toContain("default-src 'none'; script-src 'self'; ");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    },
  );

  test("has a nonce of its own for styles, in the page and its policy", async () => {
    const portal = testPortal();
    const [first, second] = await Promise.all([portal.request("/"), portal.request("/")]);
    const nonce = /'nonce-([^']+)'/.exec(first.headers.get("content-security-policy") ?? "")?.[1];
    expect(await first.text()).toContain(`nonce="${nonce}"`);
    expect(second.headers.get("content-security-policy")).not.toContain(String(nonce));
  });
});

describe("a claim", () => {
  test("gives a cookie that no script and no other site can use", async () => {
    const portal = testPortal();
    const response = await portal.request("/api/claim", { body: { code: portal.codeOf("seat01") } });
    const cookie = response.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-lab-portal-spring-8443=[\w-]{40,}; /);
    for (const part of ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"]) {
      expect(cookie).toContain(part);
    }
    expect(cookie).not.toMatch(/Domain/i);
  });

  test("from another site's page is refused", async () => {
    const portal = testPortal();
    const body = { code: portal.codeOf("seat01") };
    for (const origin of ["https://evil.test", `http://${HOST}`, "null"]) {
      expect((await portal.request("/api/claim", { body, origin })).status).toBe(403);
    }
    expect((await portal.request("/api/claim", { body })).status).toBe(200);
  });

  test.each([{}, { code: 5 }, { code: "x".repeat(200) }])("of %j is no claim", async (body) => {
    expect((await testPortal().request("/api/claim", { body })).status).toBe(400);
  });
});

describe("a seat", () => {
  const PATHS = ["/api/lesson", "/api/terminal/abc?after=0", "/api/wall"];

  test.each(PATHS)("%s is closed to who has none", async (path) => {
    expect([401, 403]).toContain((await testPortal().request(path)).status);
  });

  test("is its browser's alone", async () => {
    const portal = testPortal();
    const cookie = await claimSeat(portal, portal.codeOf("seat01"));
    expect(await (await portal.request("/api/session", { cookie })).json()).toEqual({
      lab: "spring",
      recording: "not recorded",
      who: { role: "student", seat: "seat01" },
    });
    expect(await (await portal.request("/api/lesson", { cookie })).json()).toMatchObject({ seat: "seat01" });
    for (const path of ["/api/lesson?seat=seat02", "/api/wall"]) {
      expect((await portal.request(path, { cookie })).status).toBe(403);
    }
    const body = { task: "2.3" };
    expect((await portal.request("/api/lesson/command?seat=seat02", { cookie, body })).status).toBe(403);
    expect((await portal.request("/api/terminal?seat=seat02", { cookie, body })).status).toBe(403);
  });

  test("another seat's terminal is not there, even with its id", async () => {
    const portal = testPortal();
    const [mine, other] = [
      await claimSeat(portal, portal.codeOf("seat01")),
      await claimSeat(portal, portal.codeOf("seat02")),
    ];
    const { id } = (await (await portal.request("/api/terminal", { cookie: mine, body: {} })).json()) as { id: string };
    expect((await portal.request(`/api/terminal/${id}?after=0`, { cookie: mine })).status).toBe(200);
    expect((await portal.request(`/api/terminal/${id}?after=0`, { cookie: other })).status).toBe(404);
    expect((await portal.request(`/api/terminal/${id}`, { cookie: other, body: [] })).status).toBe(404);
    portal.terminals.closeAll();
  });

  test("whose machine does not answer is told in words, without the machine's address", async () => {
    const portal = testPortal();
    const cookie = await claimSeat(portal, portal.codeOf("seat01"));
    const response = await portal.request("/api/lesson/check", { cookie, body: { step: "1" } });
    expect(response.status).toBe(503);
    expect(await problemOf(response)).toMatch(/^Your machine does not answer\./);
  });

  test.each([
    ["command", { task: "3.1" }],
    ["command", { task: "99" }],
    ["file", { task: "2.2", existing: "keep" }],
    ["check", { step: "8" }],
  ])("is asked for no %s such as %j", async (what, body) => {
    const portal = testPortal();
    const cookie = await claimSeat(portal, portal.codeOf("seat01"));
    expect((await portal.request(`/api/lesson/${what}`, { cookie, body })).status).toBe(404);
  });
});

describe("the instructor", () => {
  test("sees every seat, may work on each, and frees them", async () => {
    const portal = testPortal();
    const student = await claimSeat(portal, portal.codeOf("seat02"));
    const cookie = await claimSeat(portal, portal.roster.read().instructor?.code ?? "");
    const wall = (await (await portal.request("/api/wall", { cookie })).json()) as WallAnswer;
    expect(wall.seats.map(({ seat, claim }) => [seat, claim])).toEqual([
      ["seat01", "free"],
      ["seat02", "claimed"],
    ]);
    expect((await portal.request("/api/lesson?seat=seat02", { cookie })).status).toBe(200);
    expect((await portal.request("/api/lesson?seat=seat99", { cookie })).status).toBe(403);
    expect((await portal.request("/api/wall/free", { cookie, body: { seat: "seat02" } })).status).toBe(200);
    expect((await portal.request("/api/lesson", { cookie: student })).status).toBe(401);
  });
});
