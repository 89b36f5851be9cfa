import { describe, expect, test } from "vitest";
import { GOOD_DOCKER, goodNode, reportErrors, runGate } from "./gate-room";
import { ScriptRoom } from "./support";

describe.runIf(process.platform === "linux")("the readiness gate", () => {
  test("tells on stdout, as JSON alone, what it found", () => {
    const { status, stdout } = runGate(goodNode());
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      hostname: "node1",
      os: "Debian GNU/Linux 12 (bookworm)",
      distribution: "debian 12",
      architecture: "amd64",
      docker: { server: "20.10.24+dfsg1", client: "20.10.24" },
      trivy: { version: "0.74.0", database: { version: 2, updatedAt: "2026-11-23T06:00:00Z" } },
      packages: { "docker.io": "20.10.24", runc: "1.1.5" },
      packagesSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      seconds: { cloudInit: expect.any(Number), docker: expect.any(Number) },
    });
  });

  test("tells its phases on stderr as it goes, and leaves them in a log on the node", () => {
    const room = goodNode();
    const phases = [
      "cloud-init starting",
      "cloud-init trivy",
      "cloud-init tools",
      "docker version",
      "docker run",
      "docker build",
      "docker ready",
    ];
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
      .filter((call) => /^(image|container) /.test(call) && !call.includes(":build"));
    expect(calls).toEqual([
      "image import - lab-nodes-gate:latest",
      "container run --rm --network none lab-nodes-gate:latest /bin/true",
      "image rm --force lab-nodes-gate:latest",
    ]);
  });

  const failures: [string, string, (room: ScriptRoom) => void][] = [
    [
      "cloud-init reports errors",
      "cloud-init reports: ('package_update', boom); no space",
      (room) => reportErrors(room, "('package_update', boom)", "no\nspace"),
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
    reportErrors(room, "x");
    room.write("cloud-init-output.log", Array.from({ length: 100 }, (_, index) => `line ${index + 1}\n`).join(""));
    const { lines } = runGate(room);
    expect([lines.at(-30), lines.at(-31)]).toEqual(["line 71", expect.stringContaining("--- the last lines")]);
    const bare = new ScriptRoom();
    expect(runGate(bare, "1").lines.slice(1)).toEqual([
      "node1 is not ready: cloud-init did not finish in 1 seconds",
      `--- the last lines of ${bare.path("cloud-init-output.log")} on the node:`,
      "(there is no such file)",
    ]);
  });

  test("shows a counter of the log by its last count, as a terminal does", () => {
    const room = goodNode();
    room.write("cloud-init-output.log", "(Reading ... \r(Reading ... 5%\r(Reading ... done)\r\n");
    reportErrors(room, "x");
    expect(runGate(room).lines.at(-1)).toBe("(Reading ... done)");
    room.write("result.json", "");
    expect(runGate(room, "1").lines).toContain("phase: cloud-init (Reading ... done)");
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
      "phase: cloud-init trivy",
    ]);
    expect(room.read("sleep.calls").trimEnd().split("\n")).toHaveLength(3);
  });
});
