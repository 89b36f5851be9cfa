import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ScriptRoom } from "./scripts-support";

const SCRIPT = readFileSync("cloud-init/files/install-docker.sh", "utf8");
const FINGERPRINT = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";

function nodeOf(release: string, fingerprint = FINGERPRINT): ScriptRoom {
  const room = new ScriptRoom();
  room.write("os-release", release);
  room.write("docker.json", '{"docker-ce":"5:28.5.2-1","containerd.io":"1.7.29-1"}');
  room.program("curl", `touch '${room.path("keyrings-docker.asc")}'`);
  room.program("gpg", `echo 'fpr:::::::::${fingerprint}:'`);
  room.program("install", "");
  room.program("apt-get", "");
  room.program("dpkg-query", "exit 1");
  return room;
}

function install(room: ScriptRoom) {
  const places = {
    "/etc/os-release": "os-release",
    "/etc/lab-nodes/docker.json": "docker.json",
    "/etc/apt/keyrings/docker.asc": "keyrings-docker.asc",
    "/etc/apt/sources.list.d/docker.list": "docker.list",
  };
  const script = Object.entries(places).reduce((text, [place, here]) => {
    expect(text).toContain(place);
    return text.replaceAll(place, room.path(here));
  }, SCRIPT);
  return room.run(script, {});
}

describe.runIf(process.platform === "linux")("install-docker.sh", () => {
  test.each([
    ["debian", 'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n', "~debian.12~bookworm"],
    ["ubuntu", 'ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n', "~ubuntu.24.04~noble"],
  ])("installs the pinned version of each package on %s", (id, release, suffix) => {
    const room = nodeOf(release);
    expect(install(room).status).toBe(0);
    expect(room.read("apt-get.calls").trimEnd().split("\n")).toEqual([
      "update",
      `install -y --no-install-recommends docker-ce=5:28.5.2-1${suffix} containerd.io=1.7.29-1${suffix}`,
    ]);
    expect(room.read("docker.list")).toContain(`https://download.docker.com/linux/${id} `);
  });

  test("asks nobody when every package is there in its version, and all when one is not", () => {
    const room = nodeOf('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n');
    const versions =
      "case $4 in docker-ce) echo -n 'ii 5:28.5.2-1~debian.12~bookworm' ;; *) echo -n \"ii $containerd\" ;; esac";
    room.program("dpkg-query", `containerd=1.7.29-1~debian.12~bookworm; ${versions}`);
    expect(install(room).status).toBe(0);
    expect([room.read("apt-get.calls"), room.read("curl.calls")]).toEqual(["", ""]);
    room.program("dpkg-query", `containerd=1.7.30-1~debian.12~bookworm; ${versions}`);
    expect(install(room).status).toBe(0);
    expect(room.read("apt-get.calls")).toContain("install");
  });

  test("installs nothing when the repository's key is another one", () => {
    const room = nodeOf("ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n", "BAD");
    const { status, stderr } = install(room);
    expect(status).toBe(1);
    expect(stderr).toContain(`has the fingerprint BAD, expected ${FINGERPRINT}`);
    expect(room.read("apt-get.calls")).toBe("");
  });
});
