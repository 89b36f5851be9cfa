import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/install-packages.sh", "utf8");

/** A node where these lines are what dpkg-query knows of the packages. It fails when it does not know one of them. */
function nodeWith(lines: readonly string[], aptGet = ""): ScriptRoom {
  const room = new ScriptRoom();
  room.program("dpkg-query", `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")}; exit 1`);
  room.program("apt-get", aptGet);
  room.program("sleep", "");
  return room;
}

function install(room: ScriptRoom, ...packages: string[]) {
  return room.run(`set -- ${packages.join(" ")}\n${SCRIPT}`, {});
}

describe("install-packages.sh", () => {
  test("asks no mirror where everything is installed", () => {
    const room = nodeWith(["ii jq", "ii docker.io"]);
    expect(install(room, "docker.io", "jq").status).toBe(0);
    expect(room.read("apt-get.calls")).toBe("");
  });

  test("installs what is missing, and what is only half there", () => {
    const room = nodeWith(["ii jq", "rc wget", "iU curl", "ii jq-doc"]);
    expect(install(room, "docker.io", "jq", "wget", "curl", "jq-do").status).toBe(0);
    const [update, installed = ""] = room.read("apt-get.calls").trimEnd().split("\n");
    expect(update).toBe("update");
    expect(installed.split(" ").slice(-4)).toEqual(["docker.io", "wget", "curl", "jq-do"]);
    expect(installed).toContain("--no-install-recommends");
  });

  test("tries an update again that another program was in the way of", () => {
    const room = nodeWith(["ii jq"], 'if [ "$1" = update ]; then [ -e again ] || { touch again; exit 100; }; fi');
    expect(install(room, "wget").status).toBe(0);
    expect(room.read("apt-get.calls").match(/^update$/gm)).toHaveLength(2);
  });

  test("fails with apt's words when it cannot install", () => {
    const room = nodeWith([], 'echo "E: Unable to locate package" >&2; exit 100');
    expect(install(room, "wget")).toMatchObject({ status: 100, stderr: expect.stringContaining("Unable to locate") });
  });
});
