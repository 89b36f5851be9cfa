import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/recover-node.sh", "utf8");
const PLACES = {
  "/usr/local/lib/lab-nodes/install-trivy.sh": "install-trivy",
  "/usr/local/lib/lab-nodes/trivy": "program",
  "/usr/local/bin/trivy": "command",
  "/var/lib/trivy/db/trivy.db": "database",
} as const;

/** A node that has booted, on which all runs and nothing is missing; `start` is how systemctl's start goes. */
function node({ inactive = [], start = "" }: { inactive?: readonly string[]; start?: string } = {}): ScriptRoom {
  const room = new ScriptRoom();
  mkdirSync(room.path("inactive"));
  for (const unit of inactive) {
    room.write(`inactive/${unit}`, "");
  }
  room.program(
    "systemctl",
    `case $1 in
  is-system-running) echo running ;;
  is-active) [ ! -e "inactive/$3" ] ;;
  start) ${start === "" ? ":" : `echo '${start}' >&2; exit 1`} ;;
esac`,
  );
  for (const name of ["program", "command", "database"]) {
    room.write(name, "");
  }
  writeFileSync(room.path("install-trivy"), "#!/bin/bash\necho called >> install.calls\ntouch command\n", {
    mode: 0o755,
  });
  return room;
}

function recover(room: ScriptRoom): string {
  const script = Object.entries(PLACES).reduce((text, [place, stand_in]) => {
    expect(text).toContain(place);
    return text.replaceAll(place, room.path(stand_in));
  }, SCRIPT);
  const { status, stdout, stderr } = room.run(script, {});
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.replaceAll(room.folder, "").trim();
}

test("of a node that has all, nothing is said and nothing is touched", () => {
  const room = node();
  expect(recover(room)).toBe("");
  expect(room.read("systemctl.calls")).not.toMatch(/start|enable/);
  expect(room.read("install.calls")).toBe("");
});

test("what does not run is started, for the next boot too", () => {
  const room = node({ inactive: ["ssh.service", "docker.service"] });
  expect(recover(room).split("\n")).toEqual([
    "its SSH server did not run; it is started again",
    "its Docker Engine did not run; it is started again",
  ]);
  const calls = room.read("systemctl.calls");
  for (const verb of ["unmask --quiet", "enable --quiet", "start"]) {
    expect(calls).toContain(`${verb} ssh.service\n`);
    expect(calls).toContain(`${verb} docker.service docker.socket\n`);
  }
});

test("what does not start is told, with systemd's words on one line", () => {
  const room = node({ inactive: ["docker.service"], start: "Job failed.\nSee journalctl." });
  expect(recover(room)).toBe("its Docker Engine does not start: Job failed. See journalctl.");
});

test.each(["program", "command", "database"])("Trivy is installed again when its %s is missing", (name) => {
  const room = node();
  rmSync(room.path(name));
  expect(recover(room)).toBe(`/${name} was missing; Trivy is installed again`);
  expect(room.read("install.calls")).toBe("called\n");
});

test("where that fails, the last word of the installation is told", () => {
  const room = node();
  rmSync(room.path("database"));
  writeFileSync(room.path("install-trivy"), "#!/bin/bash\necho first >&2\necho install-trivy: no >&2\nexit 1\n");
  expect(recover(room)).toBe("/database is missing, and install-trivy: no");
});
