import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { ChangeView, WallAnswer } from "../../../portal/protocol";
import { claim } from "../../../portal/server/claims";
import { causeIn, labOf, unlessReplacing } from "../../../portal/server/class-changes";
import type { SeatNode } from "../../../portal/server/seat-nodes";
import { testPortal } from "./app-support";

const RESET = { kind: "reset", seat: "seat01", home: "keep" };

/** `lab` as far as a test lets it come. */
function labInHand() {
  const calls: (readonly string[])[] = [];
  let say: (line: string) => void = () => {};
  let end: (exitCode: number) => void = () => {};
  const run = (words: readonly string[], onLine: (line: string) => void) => {
    calls.push(words);
    say = onLine;
    return new Promise<number>((resolve) => {
      end = resolve;
    });
  };
  return { calls, run, say: (line: string) => say(line), end: (exitCode: number) => end(exitCode) };
}

function openPortal(run: ReturnType<typeof labInHand>["run"] = async () => 0) {
  const portal = testPortal(onTestFinished, { run });
  const cookieOf = (code: string) => {
    const claimed = claim(portal.roster.read(), code, undefined, new Date());
    if (claimed.kind !== "claimed") {
      expect.fail(claimed.kind);
    }
    portal.roster.update(() => claimed.roster);
    return `__Host-lab-portal=${claimed.token}`;
  };
  const instructor = cookieOf(portal.roster.read().instructor?.code ?? "");
  const change = (body: unknown, cookie = instructor) => portal.request("/api/wall/change", { cookie, body });
  const shown = async (): Promise<ChangeView | undefined> =>
    ((await (await portal.request("/api/wall", { cookie: instructor })).json()) as WallAnswer).change;
  return { ...portal, cookieOf, instructor, change, shown };
}

describe("a change from the wall", () => {
  test("is the lab command that does it; the wall shows what it says, and its end", async () => {
    const lab = labInHand();
    const portal = openPortal(lab.run);
    expect((await portal.change(RESET)).status).toBe(202);
    expect(lab.calls).toEqual([["reset", "seat01", "--yes"]]);
    lab.say("keeping the home of seat01 ...");
    lab.say("");
    expect(await portal.shown()).toMatchObject({
      command: "./lab reset seat01 --yes",
      seat: "seat01",
      state: "running",
      lines: ["keeping the home of seat01 ..."],
    });
    lab.end(0);
    await portal.services.changes?.settled();
    expect(await portal.shown()).toMatchObject({ state: "done", endedAt: expect.any(String) });
  });

  test("that fails is shown with the cause", async () => {
    const portal = openPortal(async (_, onLine) => {
      for (const line of ["making it ...", "lab: The home could not be kept:", "  no route to host"]) {
        onLine(line);
      }
      return 1;
    });
    await portal.change({ ...RESET, home: "discard" });
    await portal.services.changes?.settled();
    expect(await portal.shown()).toMatchObject({
      command: "./lab reset seat01 --yes --discard",
      state: "failed",
      cause: "The home could not be kept:\n  no route to host",
    });
  });

  test("is refused while another one is at work, and the answer says which", async () => {
    const lab = labInHand();
    const portal = openPortal(lab.run);
    await portal.change(RESET);
    const refused = await portal.change({ kind: "spare", seat: "seat02" });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toEqual({
      problem: expect.stringMatching(
        /^\.\/lab reset seat01 --yes has been running since \d\d:\d\d:\d\d\. Only one change can run at a time/,
      ),
    });
    expect(lab.calls).toHaveLength(1);
    lab.end(0);
    await portal.services.changes?.settled();
    expect((await portal.change({ kind: "spare", seat: "seat02" })).status).toBe(202);
    expect(lab.calls.at(-1)).toEqual(["spare", "seat02"]);
  });

  test.each([
    [{ ...RESET, seat: "seat99" }, 404],
    [{ ...RESET, seat: "--discard" }, 404],
    [{ kind: "reset", seat: "seat01" }, 400],
    [{ kind: "down" }, 400],
    [{ kind: "extend", by: "30d" }, 400],
    [{ kind: "extend", by: "1h" }, 409],
  ])("%j is none (%i): nothing is run", async (body, status) => {
    const run = vi.fn(async () => 0);
    expect((await openPortal(run).change(body)).status).toBe(status);
    expect(run).not.toHaveBeenCalled();
  });

  test("is made where lab is by a portal that has none: it says what to type there", async () => {
    const portal = testPortal(onTestFinished, { changes: "where lab is" });
    const code = portal.roster.read().instructor?.code;
    const claimed = await portal.request("/api/claim", { body: { code } });
    const cookie = claimed.headers.get("set-cookie")?.split(";")[0] ?? "";
    expect(await (await portal.request("/api/wall", { cookie })).json()).toMatchObject({ changes: "where lab is" });
    const refused = await portal.request("/api/wall/change", { cookie, body: RESET });
    expect(refused.status).toBe(409);
    expect(await refused.json()).toEqual({
      problem: "This portal cannot change machines. On the operator's machine, run: ./lab reset seat01 --yes",
    });
  });

  test("is the instructor's alone, and from the portal's own page", async () => {
    const run = vi.fn(async () => 0);
    const portal = openPortal(run);
    const student = portal.cookieOf(portal.codeOf("seat01"));
    expect((await portal.change(RESET, student)).status).toBe(403);
    const foreign = { cookie: portal.instructor, body: RESET, origin: "https://evil.test" };
    expect((await portal.request("/api/wall/change", foreign)).status).toBe(403);
    expect(run).not.toHaveBeenCalled();
  });

  test("of a class that ends can be a later end", async () => {
    const lab = labInHand();
    const end = { at: "2026-12-01T18:00:00Z", precision: "exact" as const };
    const portal = testPortal(onTestFinished, { run: lab.run, facts: { end } });
    const claimed = claim(portal.roster.read(), portal.roster.read().instructor?.code ?? "", undefined, new Date());
    portal.roster.update((roster) => (claimed.kind === "claimed" ? claimed.roster : roster));
    const cookie = `__Host-lab-portal=${claimed.kind === "claimed" ? claimed.token : ""}`;
    const request = { cookie, body: { kind: "extend", by: "30m" } };
    expect((await portal.request("/api/wall/change", request)).status).toBe(202);
    expect(lab.calls).toEqual([["extend", "--by", "30m"]]);
  });
});

describe("nodes, while a machine is recreated", () => {
  const node = {} as SeatNode;

  test.each([
    ["is there already: it goes on", true, true],
    ["is not there: it waits", true, false],
    ["is not there, of another seat: it is made", false, false],
  ])("a connection that %s", async (_, isReplacing, isConnected) => {
    const held = unlessReplacing(
      { node: async () => node, isConnected: () => isConnected },
      { isReplacing: () => isReplacing },
    );
    const reached = held.node("seat01");
    await (isReplacing && !isConnected
      ? expect(reached).rejects.toThrow("your instructor is replacing it")
      : expect(reached).resolves.toBe(node));
  });
});

test("lab is run with the stack's name, without a terminal's colours, and all it says is told", async () => {
  const directory = mkdtempSync(join(tmpdir(), "portal-lab-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const script = '#!/bin/sh\nprintf "\\033[1m%s\\033[0m\\n" "$*"; echo "colours: $NO_COLOR" >&2; exit 3\n';
  writeFileSync(join(directory, "lab"), script, { mode: 0o755 });
  const lines: string[] = [];
  const run = labOf({ programDirectory: directory, environment: { PATH: process.env["PATH"] } }, "spring");
  expect(await run(["reset", "seat01", "--yes"], (line) => lines.push(line))).toBe(3);
  expect(lines).toEqual(["reset --stack spring seat01 --yes", "colours: 1"]);
});

test.each([
  [["a", "lab: b", "lab: Not reset.", "hint"], "Not reset.\nhint"],
  [["a"], "a"],
  [[], "lab exited with code 1 and no output."],
])("what %j failed of is %j", (lines, cause) => {
  expect(causeIn(lines, 1)).toBe(cause);
});
