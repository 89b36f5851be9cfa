import { mkdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/pack-home.sh", "utf8");

function packIn(room: ScriptRoom) {
  mkdirSync(room.path("home/student"), { recursive: true });
  room.write("home/student/work.txt", "mine\n");
  room.program("getent", `echo 'student:x:1000:1000:Student:${room.path("home/student")}:/bin/bash'`);
  room.program("findmnt", `printf '/\\n/proc\\n${room.path("home/student/data")}\\n${room.path("home/student2")}\\n'`);
  return room.run(SCRIPT, {});
}

test.runIf(process.platform === "linux")("a home is packed whole, and a file system mounted in it is named", () => {
  const room = new ScriptRoom();
  room.program("tar", 'PATH=/usr/bin:/bin exec tar "$@" | wc --bytes');
  const { status, stdout, stderr } = packIn(room);
  expect([status, stderr]).toEqual([0, `${room.path("home/student/data")}: another file system\n`]);
  expect(Number(stdout)).toBeGreaterThan(100);
  expect(room.read("tar.calls")).toContain("--one-file-system");
});

test.runIf(process.platform === "linux").each([
  [1, 0],
  [2, 1],
])("where tar ends with %i the script ends with %i", (code, status) => {
  const room = new ScriptRoom();
  room.program("tar", `exit ${code}`);
  expect(packIn(room).status).toBe(status);
});
