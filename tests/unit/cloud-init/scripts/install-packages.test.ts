import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/install-packages.sh", "utf8");

const TABLE = "all: git jq\ndebian 12: docker.io\ndebian 13: docker.io docker-buildx\nubuntu 24.04:\n";

interface Node {
  readonly os?: string;
  readonly table?: string;
  /** What apt-get does. */
  readonly aptGet?: string;
}

/** A node where these lines are what dpkg-query knows of the packages. It fails when it does not know one of them. */
function nodeWith(lines: readonly string[], { os = "debian 13", table = TABLE, aptGet = "" }: Node = {}): ScriptRoom {
  const room = new ScriptRoom();
  const [id, version] = os.split(" ");
  room.write("os-release", `ID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="The ${os}"\n`);
  room.write("packages", table);
  room.program("dpkg-query", `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(" ")}; exit 1`);
  room.program("apt-get", aptGet);
  room.program("sleep", "");
  room.program("vim", "");
  return room;
}

function install(room: ScriptRoom) {
  const script = ["/etc/os-release", "/etc/lab-nodes/packages"].reduce((text, file) => {
    expect(text).toContain(file);
    return text.replaceAll(file, room.path(file.split("/").at(-1) ?? ""));
  }, SCRIPT);
  return room.run(script, {});
}

/** The packages that apt-get was told to install. */
const installedIn = (room: ScriptRoom) =>
  /--option Dpkg::Options::=--force-unsafe-io (.*)/.exec(room.read("apt-get.calls"))?.[1]?.split(" ");

describe.runIf(process.platform === "linux")("install-packages.sh", () => {
  test.each([
    ["debian 12", ["git", "jq", "docker.io"]],
    ["debian 13", ["git", "jq", "docker.io", "docker-buildx"]],
    ["ubuntu 24.04", ["git", "jq"]],
  ])("installs what the table has for every distribution and for %s", (os, packages) => {
    const room = nodeWith([], { os });
    expect(install(room).status).toBe(0);
    expect(installedIn(room)).toEqual(packages);
  });

  test.each(["fedora 41", "debian 11", "debian 1", "ubuntu 24"])("refuses %s by name, and asks no mirror", (os) => {
    const room = nodeWith([], { os });
    const { status, stderr } = install(room);
    expect([status, stderr]).toEqual([
      1,
      `install-packages: this machine runs The ${os}, on which no lab can run; use one of: debian 12, debian 13, ubuntu 24.04 (settings local.baseImage, aws.ami)\n`,
    ]);
    expect(room.read("apt-get.calls")).toBe("");
  });

  test("asks no mirror where everything is installed", () => {
    const room = nodeWith(["ii jq", "ii git", "ii docker.io"], { os: "debian 12" });
    expect(install(room).status).toBe(0);
    expect(room.read("apt-get.calls")).toBe("");
  });

  test("installs what is missing, and what is only half there", () => {
    const table = "all: jq wget curl jq-do\ndebian 13: docker.io\n";
    const room = nodeWith(["ii jq", "rc wget", "iU curl", "ii jq-doc"], { table });
    expect(install(room).status).toBe(0);
    expect(room.read("apt-get.calls").split("\n")[0]).toBe("update");
    expect(installedIn(room)).toEqual(["wget", "curl", "jq-do", "docker.io"]);
    expect(room.read("apt-get.calls")).toContain("--no-install-recommends");
  });

  test("tries an update again that another program was in the way of", () => {
    const room = nodeWith([], { aptGet: 'if [ "$1" = update ]; then [ -e again ] || { touch again; exit 100; }; fi' });
    expect(install(room).status).toBe(0);
    expect(room.read("apt-get.calls").match(/^update$/gm)).toHaveLength(2);
  });

  test("fails with apt's words when it cannot install", () => {
    const room = nodeWith([], { aptGet: 'echo "E: Unable to locate package" >&2; exit 100' });
    expect(install(room)).toMatchObject({ status: 100, stderr: expect.stringContaining("Unable to locate") });
  });
});
