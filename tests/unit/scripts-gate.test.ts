import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ScriptRoom } from "./scripts-support";

const GATE = readFileSync("cloud-init/files/gate.sh", "utf8");

/** The node's files that the gate reads and writes, and what stands for them here. */
const FILES = {
  "/run/cloud-init/result.json": "result.json",
  "/var/log/cloud-init-output.log": "cloud-init-output.log",
  "/var/log/lab-nodes-gate.log": "gate.log",
} as const;

const VERSION = `
if [ "$1" = version ]; then
  case "$*" in *Server*) echo 20.10.24+dfsg1 ;; *Client*) echo 20.10.24 ;; *) echo all well ;; esac
  exit 0
fi`;

/** A Docker that can do all that is asked of it. It eats what `import` is given, as the real one does. */
const GOOD_DOCKER = `${VERSION}
if [ "$2" = import ]; then cat > /dev/null; fi`;

const PACKAGES = "printf 'ii  docker.io 20.10.24\\nun  docker-ce \\nii  runc 1.1.5\\n'; exit 1";

/** The gate in a room that looks like a node where cloud-init has ended well and Docker is good. */
function goodNode(): ScriptRoom {
  const room = new ScriptRoom();
  room.write("result.json", '{"v1":{"datasource":"DataSourceNoCloud","errors":[]}}');
  room.write("cloud-init-output.log", "Setting up docker.io\nfinished\n");
  room.program("docker", GOOD_DOCKER);
  room.program("dpkg-query", PACKAGES);
  room.program("dpkg", "echo amd64");
  room.program("hostname", "echo node1");
  return room;
}

function runGate(room: ScriptRoom, seconds = "30") {
  const script = Object.entries(FILES).reduce((text, [file, stand_in]) => {
    if (!text.includes(file)) {
      throw new Error(`the gate does not name ${file} any more`);
    }
    return text.replaceAll(file, room.path(stand_in));
  }, GATE);
  const { status, stdout, stderr } = room.run(script, { LAB_GATE_TIMEOUT_SECONDS: seconds });
  return { status, stdout, lines: stderr.trimEnd().split("\n") };
}

describe.runIf(process.platform === "linux")("the readiness gate", () => {
  test("tells on stdout, as JSON alone, what it found", () => {
    const { status, stdout } = runGate(goodNode());
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      hostname: "node1",
      os: expect.stringMatching(/\S/),
      architecture: "amd64",
      docker: { server: "20.10.24+dfsg1", client: "20.10.24" },
      packages: { "docker.io": "20.10.24", runc: "1.1.5" },
      seconds: { cloudInit: expect.any(Number), docker: expect.any(Number) },
    });
  });

  test("tells its phases on stderr as it goes, and leaves them in a log on the node", () => {
    const room = goodNode();
    const phases = ["cloud-init starting", "docker version", "docker run", "docker ready"];
    expect(runGate(room).lines).toEqual(phases.map((phase) => `phase: ${phase}`));
    const logged = room.read("gate.log").trimEnd().split("\n");
    expect(logged.map((line) => line.replace(/^\d{4}-\d\d-\d\dT[\d:+-]+ /, ""))).toEqual(phases);
  });

  test("lets a container run without a network, from files of the node, and removes its image", () => {
    const room = goodNode();
    runGate(room);
    const calls = room
      .read("docker.calls")
      .split("\n")
      .filter((call) => /^(image|container) /.test(call));
    expect(calls).toEqual([
      "image import - lab-nodes-gate:latest",
      "container run --rm --network none lab-nodes-gate:latest /bin/true",
      "image rm --force lab-nodes-gate:latest",
    ]);
  });

  const failures: [string, string, (room: ScriptRoom) => void][] = [
    [
      "cloud-init reports errors",
      "cloud-init reports: ('runcmd', boom); no space",
      (room) => room.write("result.json", `{"v1":{"errors":["('runcmd', boom)","no space"]}}`),
    ],
    [
      "the container does not run",
      "'docker container run' says: runc: no cgroups",
      (room) =>
        room.program(
          "docker",
          `${GOOD_DOCKER}\nif [ "$1" = container ]; then echo 'runc: no cgroups' >&2; exit 125; fi`,
        ),
    ],
    [
      "the image cannot be made",
      "'docker image import' failed",
      (room) => room.program("docker", `${GOOD_DOCKER}\nif [ "$2" = import ]; then exit 1; fi`),
    ],
    [
      "the daemon does not answer",
      "'docker version' says: Cannot connect to the Docker daemon",
      (room) => {
        room.program("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
        // Forty looks, a quarter of a second apart: here without the waiting.
        room.program("sleep", "");
      },
    ],
  ];
  test.each(failures)("fails when %s, with the reason first and the log's end last", (_, reason, spoil) => {
    const room = goodNode();
    spoil(room);
    const { status, stdout, lines } = runGate(room);
    expect([status, stdout]).toEqual([1, ""]);
    expect(lines.filter((line) => !line.startsWith("phase: "))).toEqual([
      `node1 is not ready: ${reason}`,
      `--- the last lines of ${room.path("cloud-init-output.log")} on the node:`,
      "Setting up docker.io",
      "finished",
    ]);
    expect(room.read("gate.log")).toContain(`not ready: ${reason}`);
  });

  test("fails when cloud-init does not end in time, and tells each new line of its log on the way", () => {
    const room = goodNode();
    room.write("result.json", "");
    const { status, stdout, lines } = runGate(room, "2");
    expect([status, stdout]).toEqual([1, ""]);
    expect(lines.slice(0, 3)).toEqual([
      "phase: cloud-init starting",
      "phase: cloud-init finished",
      "node1 is not ready: cloud-init did not finish in 2 seconds",
    ]);
  });

  test("fails with the tail alone of a long log, and says when there is none", () => {
    const room = goodNode();
    room.write("result.json", '{"v1":{"errors":["x"]}}');
    room.write("cloud-init-output.log", Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join(""));
    const { lines } = runGate(room);
    expect([lines.at(-30), lines.at(-31)]).toEqual(["line 71", expect.stringContaining("--- the last lines")]);
    const bare = new ScriptRoom();
    expect(runGate(bare, "0").lines.at(-1)).toBe("(there is no such file)");
  });

  test("waits for cloud-init to end, and tells a line of its log once", () => {
    const room = goodNode();
    const result = room.read("result.json");
    room.write("result.json", "");
    // The third look finds it done.
    room.program(
      "sleep",
      `[ "$(wc -l < '${room.path("sleep.calls")}')" -lt 3 ] || echo '${result}' > '${room.path("result.json")}'`,
    );
    const { status, lines } = runGate(room);
    expect([status, ...lines.slice(0, 3)]).toEqual([
      0,
      "phase: cloud-init starting",
      "phase: cloud-init finished",
      "phase: docker version",
    ]);
    expect(room.read("sleep.calls").trimEnd().split("\n")).toHaveLength(3);
  });
});
