import { expect, test, vi } from "vitest";
import { viewerOf } from "../../../portal/server/session-auth";
import { Terminals } from "../../../portal/server/terminals";
import { claimSeat, testPortal } from "./app-support";
import { TestLink, testNode } from "./terminal-support";

/** The terminal of seat01 in the browser whose code is given; keys are typed there. */
async function shown(holder: "seat01" | "instructor") {
  const portal = testPortal();
  const code = holder === "instructor" ? portal.roster.read().instructor?.code : portal.codeOf(holder);
  const token = (await claimSeat(portal, code ?? "")).split("=")[1];
  const { node, commands } = testNode("a".repeat(32));
  const terminals = new Terminals({ ...portal.services, nodes: { node: async () => node } });
  const [link, viewer] = [new TestLink(), viewerOf(portal.services, token, "seat01")];
  terminals.show("seat01", link, viewer);
  link.says({ kind: "size", columns: 100, rows: 30 });
  await vi.waitFor(() => expect(commands).toHaveLength(1));
  link.says({ kind: "keys", text: "x" });
  link.close();
  return { viewer, command: commands[0], activity: terminals.lastActivity("seat01") };
}

test("a student's window is the session's size, and what they type is the seat's activity", async () => {
  const { viewer, command, activity } = await shown("seat01");
  expect(viewer.role).toBe("student");
  expect(viewer.isStillAllowed()).toBe(true);
  expect(command).toContain("export LAB_WINDOW=decides\n");
  // A terminal has no time limit.
  expect(command).toMatch(/^exec bash -c /m);
  expect(activity).toBeInstanceOf(Date);
});

test("the instructor's window follows, and what they type is not the student's activity", async () => {
  const { viewer, command, activity } = await shown("instructor");
  expect(viewer.role).toBe("instructor");
  expect(viewer.isStillAllowed()).toBe(true);
  expect(command).toContain("export LAB_WINDOW=follows\n");
  expect(activity).toBeUndefined();
});

test("a browser that never had the seat may not look on", () => {
  expect(viewerOf(testPortal().services, "nobody", "seat01").isStillAllowed()).toBe(false);
});
