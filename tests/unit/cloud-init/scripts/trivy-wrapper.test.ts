import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/trivy.sh", "utf8");

/** A node with a database, and with a Trivy that tells what it was asked. */
function node(): ScriptRoom {
  const room = new ScriptRoom();
  mkdirSync(room.path("store"));
  room.write("store/trivy.db", "advisories");
  mkdirSync(room.path("java-store"));
  room.write("java-store/metadata.json", "empty");
  room.program("real-trivy", 'echo "$TMPDIR" > temporary');
  return room;
}

function call(room: ScriptRoom, variables: Readonly<Record<string, string>> = {}) {
  const script = SCRIPT.replaceAll("/var/lib/trivy/db", room.path("store"))
    .replaceAll("/var/lib/trivy/java-db", room.path("java-store"))
    .replaceAll("/usr/local/lib/lab-nodes/trivy", room.path("bin/real-trivy"));
  const { status, stderr } = room.run(`set -- image --quiet hello:v0.1\n${script}`, variables);
  expect([status, stderr, room.read("real-trivy.calls").split("\n")[0]]).toEqual([0, "", "image --quiet hello:v0.1"]);
}

test("a link that was removed with the whole cache is back before Trivy runs", () => {
  const room = node();
  call(room);
  expect(readlinkSync(room.path(".cache/trivy/db"))).toBe(room.path("store"));
});

test("in a cache of somebody's own, too", () => {
  const room = node();
  call(room, { TRIVY_CACHE_DIR: room.path("mine") });
  expect(readlinkSync(room.path("mine/db"))).toBe(room.path("store"));
});

test("a link that leads nowhere is set right", () => {
  const room = node();
  mkdirSync(room.path(".cache/trivy"), { recursive: true });
  symlinkSync(room.path("gone"), room.path(".cache/trivy/db"));
  call(room);
  expect(readlinkSync(room.path(".cache/trivy/db"))).toBe(room.path("store"));
});

test("a database of one's own stays", () => {
  const room = node();
  mkdirSync(room.path(".cache/trivy/db"), { recursive: true });
  call(room);
  expect(() => readlinkSync(room.path(".cache/trivy/db"))).toThrow();
});

test("the Java database is a copy, which one of somebody's own replaces for good", () => {
  const room = node();
  call(room);
  expect(room.read(".cache/trivy/java-db/metadata.json")).toBe("empty");
  room.write(".cache/trivy/java-db/metadata.json", "real");
  call(room);
  expect(readdirSync(room.path(".cache/trivy/java-db"))).toEqual(["metadata.json"]);
  expect(room.read(".cache/trivy/java-db/metadata.json")).toBe("real");
});

test("an image is unpacked on disk, or where the user says", () => {
  const room = node();
  call(room);
  expect(room.read("temporary")).toBe("/var/tmp\n");
  call(room, { TMPDIR: "/mnt" });
  expect(room.read("temporary")).toBe("/mnt\n");
});

test("where no link can be made, Trivy has the word", () => {
  const room = node();
  room.write("file", "");
  call(room, { TRIVY_CACHE_DIR: room.path("file/cache") });
});
