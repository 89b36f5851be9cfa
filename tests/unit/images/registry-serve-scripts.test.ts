import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ScriptRoom } from "../cloud-init/scripts/support";

const MIRROR = readFileSync("images/registry/serve-mirror", "utf8");
const CLASS = readFileSync("images/registry/serve-class", "utf8");
const STORE = "/var/lib/docker-registry";

function runMirror(room: ScriptRoom) {
  expect(MIRROR).toContain(`store=${STORE}`);
  const script = MIRROR.replace(STORE, room.path("store"));
  return room.run(script, { LAB_MIRROR_MEGABYTES: "2", LAB_MIRROR_SECONDS: "0.1" });
}

describe.runIf(process.platform === "linux")("serve-mirror", () => {
  test("empties a store that is past its limit, and serves on", () => {
    const room = new ScriptRoom();
    // The first server stores too much and would go on for ever, the second finds nothing and ends by itself.
    room.program(
      "docker-registry",
      `store='${room.path("store")}'
       if [ -e '${room.path("second")}' ]; then ls -A "$store" > '${room.path("found")}'; exit 3; fi
       touch '${room.path("second")}'
       mkdir -p "$store/blobs"
       head -c 4M /dev/urandom > "$store/blobs/big"
       exec sleep 60`,
    );
    const { status, stderr } = runMirror(room);
    expect(status).toBe(1);
    expect(stderr).toContain("mirror: the store is larger than 2 MiB and is emptied");
    expect(room.read("docker-registry.calls").trim().split("\n")).toHaveLength(2);
    expect(room.read("found")).toBe("");
  });

  test("keeps a store that is within its limit, and ends with its server", () => {
    const room = new ScriptRoom();
    room.program("docker-registry", `mkdir -p '${room.path("store")}'; echo kept > '${room.path("store/blob")}'`);
    const { status, stderr } = runMirror(room);
    expect([status, stderr]).toEqual([1, ""]);
    expect(room.read(join("store", "blob"))).toBe("kept\n");
  });
});

describe.runIf(process.platform === "linux")("serve-class", () => {
  test("serves one store twice, read-only at the port for nodes, and ends with either server", () => {
    const room = new ScriptRoom();
    room.program("docker-registry", "case $2 in */pull.yml) exec sleep 2 ;; esac");
    expect(room.run(CLASS.replace("tries = 100", "tries = 1"), {}).status).toBe(1);
    expect(room.read("docker-registry.calls").trim().split("\n")).toEqual([
      "serve /etc/docker/registry/pull.yml",
      "serve /etc/docker/registry/config.yml",
    ]);
    const [push = "", pull = ""] = ["config.yml", "pull.yml"].map((file) =>
      readFileSync(`images/registry/${file}`, "utf8"),
    );
    const root = /rootdirectory: \S+/;
    expect(pull.match(root)?.[0]).toBe(push.match(root)?.[0]);
    expect(pull).toMatch(/readonly:\n +enabled: true\n/);
    expect([push, pull].map((text) => /addr: (\S+)/.exec(text)?.[1])).toEqual([":5000", ":5001"]);
  });
});
