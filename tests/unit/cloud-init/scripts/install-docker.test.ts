import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/install-docker.sh", "utf8");
const FINGERPRINT = "9DC858229FC7DD38854AE2D88D81803C0EBFCD88";

/** What `gpg --show-keys --with-colons` prints of a key: the primary one, its user and its subkey. */
function keyListing(fingerprint: string): string {
  const id = fingerprint.slice(-16);
  return [
    `pub:-:4096:1:${id}:1487788586:::-:::scESA::::::23::0:`,
    `fpr:::::::::${fingerprint}:`,
    "uid:-::::1487792064::A1B2::Docker Release (CE deb) <docker@docker.com>::::::::::0:",
    "sub:-:4096:1:7EA0A9C3F273FCD8:1487788586::::::s::::::23:",
    "fpr:::::::::D3306A018370199E527AE7997EA0A9C3F273FCD8:",
  ].join("\n");
}

function nodeOf(release: string, ...fingerprints: string[]): ScriptRoom {
  const room = new ScriptRoom();
  room.write("os-release", release);
  room.write("docker.json", '{"docker-ce":"5:28.5.2-1","containerd.io":"1.7.29-1"}');
  room.program("curl", `touch '${room.path("keyrings-docker.asc")}'`);
  const listings = (fingerprints.length === 0 ? [FINGERPRINT] : fingerprints).map(keyListing);
  room.program("gpg", `echo '${listings.join("\n")}'`);
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

  const OTHER = "01D9C45DB918CA5F399C40D3C3E9563F70615F24";

  test.each([
    ["another one", [OTHER], OTHER],
    ["followed by a second one", [FINGERPRINT, OTHER], `${FINGERPRINT}, ${OTHER}`],
    ["preceded by one", [OTHER, FINGERPRINT], `${OTHER}, ${FINGERPRINT}`],
  ])("installs nothing when the repository's key is %s", (_, fingerprints, told) => {
    const room = nodeOf("ID=debian\nVERSION_ID=12\nVERSION_CODENAME=bookworm\n", ...fingerprints);
    const { status, stderr } = install(room);
    expect(status).toBe(1);
    expect(stderr).toContain(`have the fingerprints ${told}, expected ${FINGERPRINT} alone`);
    expect(room.read("apt-get.calls")).toBe("");
    expect(existsSync(room.path("keyrings-docker.asc"))).toBe(false);
  });
});
