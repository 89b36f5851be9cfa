import { describe, expect, test } from "vitest";
import { releaseSeat } from "../../../portal/server/claims";
import { cookieName } from "../../../portal/server/session-auth";
import { claimSeat, testPortal } from "./app-support";

const NOBODY = { role: "nobody" };
const SEAT01 = { role: "student", seat: "seat01" };

type Portal = ReturnType<typeof testPortal>;

async function sessionOf(portal: Portal, cookie: string): Promise<unknown> {
  return ((await (await portal.request("/api/session", { cookie })).json()) as { who: unknown }).who;
}

/** What a browser has after it got some cookies of one host: one for each name, whatever port they came from. */
function jarOf(...cookies: readonly string[]): string {
  const byName = new Map(cookies.map((cookie) => [cookie.split("=")[0], cookie]));
  return [...byName.values()].join("; ");
}

describe("two portals on one host", () => {
  test("each keep their browsers", async () => {
    const [one, two] = [testPortal(undefined, { port: 8443 }), testPortal(undefined, { port: 9443 })];
    const first = await claimSeat(one, one.codeOf("seat01"));
    const second = await claimSeat(two, two.codeOf("seat02"));
    for (const jar of [jarOf(first, second), jarOf(second, first)]) {
      expect(await sessionOf(one, jar)).toEqual(SEAT01);
      expect(await sessionOf(two, jar)).toEqual({ role: "student", seat: "seat02" });
    }
  });

  test.each([
    ["spring", 8443, "__Host-lab-portal-spring-8443"],
    ["my-class_2.b", 443, "__Host-lab-portal-my-class_2.b-443"],
    ["a b;c=d", 443, "__Host-lab-portal-a_b_c_d-443"],
  ])("%s on port %i: %s", (lab, port, name) => {
    expect(cookieName(lab, port)).toBe(name);
  });
});

describe("a cookie of another name", () => {
  const tokenOf = (cookie: string) => cookie.split("=")[1] ?? expect.fail("no token");

  test.each(["__Host-lab-portal", "__Host-lab-portal-spring-443"])(
    "%s still has its seat: the portal was updated, or moved to another port",
    async (name) => {
      const portal = testPortal();
      const token = tokenOf(await claimSeat(portal, portal.codeOf("seat01")));
      expect(await sessionOf(portal, `${name}=${token}`)).toEqual(SEAT01);
      expect(await sessionOf(portal, `${portal.services.cookie}=stale; ${name}=${token}`)).toEqual(SEAT01);
      portal.roster.update((roster) => releaseSeat(roster, "seat01") ?? roster);
      expect(await sessionOf(portal, `${name}=${token}`)).toEqual(NOBODY);
    },
  );

  test("comes after this portal's own", async () => {
    const portal = testPortal();
    const [mine, other] = [
      await claimSeat(portal, portal.codeOf("seat01")),
      await claimSeat(portal, portal.codeOf("seat02")),
    ];
    expect(await sessionOf(portal, `__Host-lab-portal=${tokenOf(other)}; ${mine}`)).toEqual(SEAT01);
  });

  test("has nothing where it is not a portal's, or the roster does not know it", async () => {
    const portal = testPortal();
    const token = tokenOf(await claimSeat(portal, portal.codeOf("seat01")));
    const stranger = testPortal();
    const other = await claimSeat(stranger, stranger.codeOf("seat01"));
    for (const jar of [
      "",
      `session=${token}`,
      `lab-portal=${token}`,
      other,
      "__Host-lab-portal=",
      "__Host-lab-portal",
    ]) {
      expect(await sessionOf(portal, jar)).toEqual(NOBODY);
    }
  });
});
