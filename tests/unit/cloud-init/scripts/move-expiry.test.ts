import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/move-expiry.sh", "utf8");
const DROP_IN = "units/lab-nodes-expire.timer.d/when.conf";
const ARMED = "[Timer]\nOnCalendar=2096-12-01 17:00:00 UTC\n";

let room: ScriptRoom;

beforeEach(() => {
  room = new ScriptRoom();
  room.program("systemctl", "exit 0");
  mkdirSync(dirname(room.path(DROP_IN)), { recursive: true });
  writeFileSync(room.path(DROP_IN), ARMED);
});

function move(end: string) {
  return room.run(SCRIPT, { LAB_SYSTEMD_DIRECTORY: room.path("units"), LAB_END: end });
}

test("writes the new time, and has systemd read and count to it", () => {
  expect(move("2096-12-01T20:00:00Z")).toMatchObject({ status: 0, stdout: "2096-12-01 20:00:00 UTC\n", stderr: "" });
  expect(room.read(DROP_IN)).toBe("[Timer]\nOnCalendar=2096-12-01 20:00:00 UTC\n");
  expect(room.read("systemctl.calls").trim().split("\n")).toEqual(["daemon-reload", "restart lab-nodes-expire.timer"]);
});

test("also moves an end to an earlier time, as long as that is ahead", () => {
  expect(move("2096-12-01T17:30:00+01:00").status).toBe(0);
  expect(room.read(DROP_IN)).toContain("16:30:00 UTC");
});

test.each([
  ["a time that is past", "2020-12-01T20:00:00Z", /is past on it, its clock says 20/],
  ["what is no time", "tomorrowish", /invalid date/],
])("%s is refused, and the timer stays", (_, end, message) => {
  const { status, stderr } = move(end);
  expect(status).not.toBe(0);
  expect(stderr).toMatch(message);
  expect(room.read(DROP_IN)).toBe(ARMED);
});

test("a machine that has no timer gets none", () => {
  const { status, stderr } = room.run(SCRIPT, {
    LAB_SYSTEMD_DIRECTORY: room.path("none"),
    LAB_END: "2096-12-01T20:00Z",
  });
  expect(status).toBe(1);
  expect(stderr).toContain("it has no timer");
});
