import { describe, expect, test } from "vitest";
import { GOOD_TRIVY, goodNode, PACKAGES, reasonOf, reportErrors, runGate } from "./gate-room";
import type { ScriptRoom } from "./support";

/** How cloud-init 22 and 24 report that a command of ours failed. */
const INSTALL_FAILED = "('scripts_user', RuntimeError('Runparts: 1 failures (runcmd) in 1 attempted commands'))";
const INSTALL_FAILED_22 = INSTALL_FAILED.replace("_", "-");

/** The script that cloud-init leaves of our install commands: it writes a line into a file, then does what it is told. */
function installCommands(room: ScriptRoom, body: string): void {
  room.write("runcmd", `echo again >> '${room.path("installed")}'\n${body}\n`);
}

describe.runIf(process.platform === "linux")("the gate's look at Trivy", () => {
  test.each([
    ["is of another version", 'echo "Version: 0.69.3"', "says: Version: 0.69.3; this lab is made for Trivy 0.74.0"],
    ["says nothing", "", "says: nothing; this lab is made for Trivy 0.74.0"],
    ["does not start", "echo 'Exec format error' >&2; exit 126", "says: Exec format error"],
  ])("fails when it %s", (_, trivy, words) => {
    const room = goodNode();
    room.program("trivy", trivy);
    const result = runGate(room);
    expect([result.status, result.stdout]).toEqual([1, ""]);
    expect(reasonOf(result)).toEqual([`node1 is not ready: 'trivy --version' ${words}`]);
    expect(room.read("docker.calls")).toBe("");
  });

  test("fails with Trivy's words when the database does not open for a student", () => {
    const room = goodNode();
    room.program(
      "trivy",
      `${GOOD_TRIVY}\nif [ "$1" = filesystem ]; then echo 'FATAL failed to open db' >&2; exit 1; fi`,
    );
    const result = runGate(room);
    expect(result.status).toBe(1);
    expect(reasonOf(result)).toEqual([
      "node1 is not ready: Trivy does not open its vulnerability database: FATAL failed to open db",
    ]);
    expect(room.read("runuser.calls")).toMatch(/^--login student --command trivy filesystem /);
  });

  test("downloads nothing", () => {
    const room = goodNode();
    runGate(room);
    expect(room.read("trivy.calls").split("\n")[1]).toMatch(/--skip-db-update --skip-java-db-update .*--offline-scan/);
  });

  test("tells what a sample database says of itself", () => {
    const room = goodNode();
    const sample = 'Five advisories, "true" ones\\';
    room.write("metadata.json", JSON.stringify({ Version: 2, UpdatedAt: "2026-11-23T06:00:00Z", Sample: sample }));
    expect(JSON.parse(runGate(room).stdout)).toMatchObject({ trivy: { database: { version: 2, sample } } });
  });
});

describe.runIf(process.platform === "linux")("a node whose install commands failed", () => {
  test.each([[INSTALL_FAILED], [INSTALL_FAILED_22]])("passes when they succeed now: %s", (error) => {
    const room = goodNode();
    reportErrors(room, error);
    installCommands(room, "echo noise; echo more noise >&2");
    const result = runGate(room);
    expect([result.status, result.lines[1]]).toEqual([0, "phase: cloud-init installing once more"]);
    expect(room.read("installed")).toBe("again\n");
  });

  test("fails with their own words when they fail again, at the first that does", () => {
    const room = goodNode();
    reportErrors(room, INSTALL_FAILED);
    installCommands(room, "echo noise; sh -c 'echo install-trivy: trivy.sha256: no >&2; exit 1'\ntrue");
    const result = runGate(room);
    expect([result.status, result.stdout]).toEqual([1, ""]);
    expect(reasonOf(result)).toEqual(["node1 is not ready: install-trivy: trivy.sha256: no"]);
    expect(room.read("installed")).toBe("again\n");
  });

  test("gets no second chance when something else failed as well", () => {
    const room = goodNode();
    reportErrors(room, INSTALL_FAILED, "('package_update_upgrade_install', no mirror)");
    installCommands(room, "true");
    const result = runGate(room);
    expect(result.status).toBe(1);
    expect(reasonOf(result)[0]).toContain("no mirror");
    expect(room.read("installed")).toBe("");
  });
});

describe.runIf(process.platform === "linux")("the sum of all packages", () => {
  test("is made of names, versions and architectures", () => {
    const room = goodNode();
    runGate(room);
    const asked = room.read("dpkg-query.calls").trimEnd().split("\n").at(-1);
    for (const field of ["Package", "Version", "Architecture"]) {
      expect(asked).toContain(`\${${field}}`);
    }
  });

  const sumOf = (packages: string) => {
    const room = goodNode();
    room.program("dpkg-query", packages);
    return (JSON.parse(runGate(room).stdout) as { packagesSha256: string }).packagesSha256;
  };

  test("is the same in any order, and another one for another version", () => {
    const reversed = PACKAGES.replace("%s", "").replace(
      /(ii {2}docker\.io .*?\\n)(.*?\\n)(ii {2}runc .*?\\n)/,
      "$3$2$1",
    );
    expect(reversed).not.toBe(PACKAGES);
    expect(sumOf(reversed)).toBe(sumOf(PACKAGES));
    expect(sumOf(PACKAGES.replace("1.1.5", "1.1.6"))).not.toBe(sumOf(PACKAGES));
  });
});
