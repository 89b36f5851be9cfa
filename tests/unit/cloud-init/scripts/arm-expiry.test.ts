import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { renderUserData, type UserDataValues } from "../../../../cloud-init/user-data";
import { parseExpiry } from "../../../../config/expiry";
import { ScriptRoom } from "./support";

const VALUES: Omit<UserDataValues, "expiry"> = {
  hostname: "node1",
  authorizedKeys: ["ssh-ed25519 AAAA operator"],
  studentKeys: ["ssh-ed25519 CCCC student"],
  hostKey: { privateKey: "private", publicKey: "ssh-ed25519 BBBB" },
  docker: { package: "distribution" },
  trivy: {
    version: "0.74.0",
    archive: "https://mirror.example/trivy.tar.gz",
    sha256: "5e".repeat(32),
    database: { kind: "registry", repositories: [] },
  },
};

/** The commands that cloud-init runs before anything else, for an expiry as the setting has it. */
function bootCommands(expires: string | undefined): string[][] | undefined {
  const expiry = expires === undefined ? undefined : parseExpiry(expires);
  const [part] = renderUserData({ ...VALUES, expiry });
  return (parse(part?.content ?? "") as { bootcmd?: string[][] }).bootcmd;
}

/** A command of a list, quoted for the shell as cloud-init's `shellify` quotes it. */
function shellified(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}

let room: ScriptRoom;

beforeEach(() => {
  room = new ScriptRoom();
  room.program("systemctl", "exit 0");
});

function boot(expires: string) {
  const [command = []] = bootCommands(expires) ?? [];
  return room.run(shellified(command), { LAB_SYSTEMD_DIRECTORY: room.path("units") });
}

function armedTime(): number {
  const [, time = ""] =
    /^\[Timer\]\nOnCalendar=(.+) UTC\n$/.exec(room.read("units/lab-nodes-expire.timer.d/when.conf")) ?? [];
  return Date.parse(`${time.replace(" ", "T")}Z`);
}

test("a machine that never ends has no command for it", () => {
  expect(bootCommands(undefined)).toBeUndefined();
});

test("the first boot arms a timer for a duration from then on", () => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  expect(boot("8h")).toMatchObject({ status: 0, stderr: "" });
  expect(armedTime()).toBeGreaterThanOrEqual(before + 8 * 3_600_000);
  expect(armedTime()).toBeLessThanOrEqual(Date.now() + 8 * 3_600_000);
  expect(room.read("systemctl.calls").trim().split("\n")).toEqual([
    "daemon-reload",
    "enable lab-nodes-expire.timer",
    "--no-block start lab-nodes-expire.timer",
  ]);
});

test("the units are those of our files, word by word", () => {
  boot("8h");
  for (const unit of ["lab-nodes-expire.service", "lab-nodes-expire.timer"]) {
    expect(room.read(join("units", unit)).trim()).toBe(readFileSync(join("cloud-init/files", unit), "utf8").trim());
  }
});

test("a time is armed as it is, whatever its zone was", () => {
  expect(boot("2096-12-01T18:00+01:00").status).toBe(0);
  expect(room.read("units/lab-nodes-expire.timer.d/when.conf")).toBe("[Timer]\nOnCalendar=2096-12-01 17:00:00 UTC\n");
});

const ENDS_NOW = "--no-block start lab-nodes-expire.service";

function callsOf(command: string): string[] {
  return room
    .read("systemctl.calls")
    .split("\n")
    .filter((call) => call === command);
}

test("a machine born after its time has an hour, in which it is told the end of a class that was extended", () => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  expect(boot("2020-12-01T18:00Z").status).toBe(0);
  expect(armedTime()).toBeGreaterThanOrEqual(before + 3_600_000);
  expect(armedTime()).toBeLessThanOrEqual(Date.now() + 3_600_000);
  expect(callsOf(ENDS_NOW)).toEqual([]);
});

test("a time that has passed since the first boot ends the machine at once, at every boot", () => {
  boot("8h");
  writeFileSync(room.path("units/lab-nodes-expire.timer.d/when.conf"), "[Timer]\nOnCalendar=2020-12-01 18:00:00 UTC\n");
  for (const boots of [1, 2]) {
    expect(boot("8h").status).toBe(0);
    expect(callsOf(ENDS_NOW)).toHaveLength(boots);
  }
});

test("a later boot leaves the timer as it was armed", () => {
  boot("8h");
  const armed = room.read("units/lab-nodes-expire.timer.d/when.conf");
  const calls = room.read("systemctl.calls");
  expect(boot("9h").status).toBe(0);
  expect(room.read("units/lab-nodes-expire.timer.d/when.conf")).toBe(armed);
  expect(room.read("systemctl.calls")).toBe(calls);
});

test("what cannot be read fails the boot's command, and arms nothing", () => {
  const [command = []] = bootCommands("8h") ?? [];
  const broken = command.map((word) => (word.startsWith("{") ? '{"hours":8}' : word));
  const { status } = room.run(shellified(broken), { LAB_SYSTEMD_DIRECTORY: room.path("units") });
  expect(status).not.toBe(0);
  expect(existsSync(room.path("units"))).toBe(false);
});
