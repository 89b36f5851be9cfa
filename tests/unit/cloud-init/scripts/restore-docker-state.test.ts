import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("components/machines/bake/files/restore-docker-state.sh", "utf8");

/** A bake's state with two layers, and an empty folder for Docker. Mounts succeed, or fail as asked. */
function roomWith(mounts: "mount" | "no mount"): ScriptRoom {
  const room = new ScriptRoom();
  room.program("mount", mounts === "mount" ? "" : 'echo "mount: stacking too deep" >&2; exit 32');
  room.program("umount", "");
  put(room, "saved/notes/image/repositories.json", "{}");
  put(room, "saved/notes/buildkit/cache.db", "cache");
  put(room, "saved/notes/overlay2/l/AAA", "");
  put(room, "saved/notes/overlay2/one/lower", "l/AAA");
  put(room, "saved/notes/overlay2/two/link", "BBB");
  put(room, "saved/layers/one/diff/etc/file", "of one");
  symlinkSync(room.path("saved/layers/one/diff"), room.path("saved/notes/overlay2/one/diff"));
  put(room, "diff/etc/file", "of two");
  mkdirSync(room.path("saved/layers/two"));
  execFileSync("tar", ["-cf", room.path("saved/layers/two/diff.tar"), "-C", room.folder, "diff"]);
  mkdirSync(room.path("docker"));
  return room;
}

function put(room: ScriptRoom, file: string, text: string): void {
  mkdirSync(dirname(room.path(file)), { recursive: true });
  room.write(file, text);
}

function restore(room: ScriptRoom) {
  return room.run(`set -- '${room.path("saved")}' '${room.path("docker")}'\n${SCRIPT}`, {});
}

describe.runIf(process.platform === "linux")("restore-docker-state.sh", () => {
  test("gives Docker its notes, links to shared layers, and copies of archived ones", () => {
    const room = roomWith("mount");
    expect(restore(room)).toMatchObject({ status: 0, stderr: "" });
    expect(room.read("docker/image/repositories.json")).toBe("{}");
    expect(room.read("docker/buildkit/cache.db")).toBe("cache");
    expect(room.read("docker/overlay2/one/lower")).toBe("l/AAA");
    expect(readlinkSync(room.path("docker/overlay2/one/diff"))).toBe(room.path("saved/layers/one/diff"));
    expect(room.read("docker/overlay2/two/diff/etc/file")).toBe("of two");
    expect(room.read("docker/overlay2/two/link")).toBe("BBB");
    expect([existsSync(room.path("docker/new")), existsSync(room.path("docker/probe"))]).toEqual([false, false]);
  });

  test("keeps the id of the baked Docker, by which the build cache finds its results", () => {
    const room = roomWith("mount");
    put(room, "saved/notes/engine-id", "9ba265e7-4fb4-4702-ad12-f71eaea3ac98");
    expect(restore(room)).toMatchObject({ status: 0, stderr: "" });
    expect(room.read("docker/engine-id")).toBe("9ba265e7-4fb4-4702-ad12-f71eaea3ac98");
    expect(existsSync(room.path("docker/new"))).toBe(false);
  });

  test("copies shared layers where an overlay cannot lie on the machine's own", () => {
    const room = roomWith("no mount");
    expect(restore(room).status).toBe(0);
    expect(lstatSync(room.path("docker/overlay2/one/diff")).isSymbolicLink()).toBe(false);
    expect(room.read("docker/overlay2/one/diff/etc/file")).toBe("of one");
  });

  test("leaves a Docker alone that has run", () => {
    const room = roomWith("mount");
    put(room, "docker/image/repositories.json", "the student's");
    expect(restore(room).status).toBe(0);
    expect(room.read("docker/image/repositories.json")).toBe("the student's");
    expect(existsSync(room.path("docker/overlay2"))).toBe(false);
  });

  test("begins anew when it was interrupted", () => {
    const room = roomWith("mount");
    put(room, "docker/overlay2/half/diff", "");
    put(room, "docker/new/image/half", "");
    expect(restore(room).status).toBe(0);
    expect(existsSync(room.path("docker/overlay2/half"))).toBe(false);
    expect(existsSync(room.path("docker/image/half"))).toBe(false);
    expect(room.read("docker/image/repositories.json")).toBe("{}");
  });

  test("fails, and leaves Docker nothing that looks whole, when the state cannot be copied", () => {
    const room = roomWith("mount");
    room.program("tar", 'echo "No space left on device" >&2; exit 2');
    expect(restore(room).status).not.toBe(0);
    expect(existsSync(room.path("docker/image"))).toBe(false);
  });
});
