import { describe, expect, test } from "vitest";
import { GOOD_DOCKER, GOOD_TRIVY, goodNode, reasonOf, runGate } from "./gate-room";
import type { ScriptRoom } from "./support";

const DEBIAN_13 = 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nID=debian\nVERSION_ID="13"\n';

/** A node of Debian 13, which has Docker's plugins. */
function newNode(): ScriptRoom {
  const room = goodNode();
  room.write("os-release", DEBIAN_13);
  return room;
}

/** Docker without one of its plugins, as its client says it. */
const without = (plugin: string) =>
  `if [ "$1" = ${plugin} ]; then echo "docker: '${plugin}' is not a docker command." >&2; exit 1; fi\n${GOOD_DOCKER}`;

/** A client without buildx that is told to use BuildKit. */
const NO_BUILDKIT = `${GOOD_DOCKER}
if [ "$2" = build ]; then
  if [ "$DOCKER_BUILDKIT" = 1 ]; then echo "ERROR: BuildKit is enabled but the buildx component is missing" >&2; exit 1; fi
fi`;

describe.runIf(process.platform === "linux")("the gate's look at what students use", () => {
  test("passes a node of Debian 13 that has it all, and removes what it built", () => {
    const room = newNode();
    expect(runGate(room).status).toBe(0);
    const calls = room.read("docker.calls").split("\n");
    expect(calls).toEqual(expect.arrayContaining(["buildx version", "compose version"]));
    const builds = calls.filter((call) => call.includes("lab-nodes-gate:build"));
    expect(builds).toEqual(["image build --tag lab-nodes-gate:build -", "image rm --force lab-nodes-gate:build"]);
  });

  test("asks as the student, in a login", () => {
    const room = newNode();
    runGate(room);
    const logins = room.read("su.calls").trimEnd().split("\n");
    expect(logins).toEqual(Array(4).fill("--login student --command bash -s"));
  });

  const failures: [string, string, (room: ScriptRoom) => void][] = [
    [
      "buildx is missing",
      "'docker buildx version' says: docker: 'buildx' is not a docker command.",
      (room) => room.program("docker", without("buildx")),
    ],
    [
      "Compose is missing",
      "'docker compose version' says: docker: 'compose' is not a docker command.",
      (room) => room.program("docker", without("compose")),
    ],
    [
      "BuildKit does not build",
      "'docker image build' with BuildKit says: ERROR: BuildKit is enabled but the buildx component is missing",
      (room) => room.program("docker", NO_BUILDKIT),
    ],
    [
      "a student's scan of an image fails",
      "'trivy image' in a student's login says: FATAL no database",
      (room) =>
        room.program("trivy", `if [ "$1" = image ]; then echo "FATAL no database" >&2; exit 1; fi\n${GOOD_TRIVY}`),
    ],
    [
      "a login has no UTF-8",
      "the locale of a student is POSIX: its text is ANSI_X3.4-1968, not UTF-8",
      (room) => {
        room.program("locale", "echo ANSI_X3.4-1968");
        room.program("su", 'export LANG=POSIX; unset LC_ALL; exec bash -c "$4"');
      },
    ],
  ];
  test.each(failures)("fails when %s", (_, reason, spoil) => {
    const room = newNode();
    spoil(room);
    const result = runGate(room);
    expect([result.status, result.stdout]).toEqual([1, ""]);
    expect(reasonOf(result)).toEqual([`node1 is not ready: ${reason}`]);
  });

  test("fails when an editor is missing", () => {
    const room = newNode();
    room.program("su", 'command() { [ "$2" != vi ]; }; export -f command; exec bash -c "$4"');
    expect(reasonOf(runGate(room))).toEqual(["node1 is not ready: the editor vi is not installed"]);
  });

  test("asks Debian 12 for no plugin, unless Docker's own packages are installed", () => {
    const room = goodNode();
    room.program("docker", without("buildx"));
    expect(runGate(room).status).toBe(0);
    room.write("docker.json", "{}");
    expect(reasonOf(runGate(room))[0]).toContain("'docker buildx version' says");
  });
});
