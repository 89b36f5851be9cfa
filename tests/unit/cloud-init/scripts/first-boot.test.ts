import { mkdirSync, readFileSync, utimesSync } from "node:fs";
import { expect, test } from "vitest";
import { ScriptRoom } from "./support";

const SCRIPT = readFileSync("cloud-init/files/first-boot.sh", "utf8");
const FILES = {
  "/var/lib/cloud/instance/sem": "sem",
  "/run/cloud-init/.ds-identify.result": "boot",
  "/var/log/lab-nodes-gate.log": "gate.log",
} as const;

/** A node that booted at a time, with a step of cloud-init that began at another one. Seconds. */
function node({ bootedAt, stepAt, gateLog }: { bootedAt?: number; stepAt?: number; gateLog?: string }): ScriptRoom {
  const room = new ScriptRoom();
  mkdirSync(room.path("sem"));
  for (const [file, at] of [
    ["boot", bootedAt],
    ["sem/config_ssh", stepAt],
  ] as const) {
    if (at !== undefined) {
      room.write(file, "");
      utimesSync(room.path(file), at, at);
    }
  }
  if (gateLog !== undefined) {
    room.write("gate.log", gateLog);
  }
  return room;
}

function ask(room: ScriptRoom): string {
  const script = Object.entries(FILES).reduce((text, [file, stand_in]) => {
    expect(text).toContain(file);
    return text.replaceAll(file, room.path(stand_in));
  }, SCRIPT);
  const { status, stdout, stderr } = room.run(script, {});
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.trim();
}

const AT = "2026-11-23T12:00:00+00:00";

test.each([
  ["in its first boot, before its first step", { bootedAt: 100 }],
  ["in its first boot", { bootedAt: 100, stepAt: 101 }],
  ["of which the gate has not said anything bad", { bootedAt: 100, stepAt: 101, gateLog: `${AT} docker version\n` }],
  [
    "whose install commands failed, which the gate tries anew",
    { bootedAt: 100, stepAt: 101, gateLog: `${AT} not ready: install-trivy: trivy.archive: no\nmore\n` },
  ],
  ["that does not tell when it booted", { stepAt: 101 }],
])("a node %s can still become ready", (_, facts) => {
  expect(ask(node(facts))).toBe("");
});

test("a node that booted again after cloud-init had begun cannot", () => {
  expect(ask(node({ bootedAt: 200, stepAt: 101, gateLog: `${AT} not ready: no Docker\n` }))).toBe(
    "its first boot was cut off, and cloud-init does not take up what it had begun",
  );
});

test("a node that the gate refused cannot, for the last reason that it gave", () => {
  const gateLog = `${AT} not ready: install-trivy: no\n${AT} cloud-init starting\n${AT} not ready: the docker command is not installed\nE: more\n`;
  expect(ask(node({ bootedAt: 100, stepAt: 101, gateLog }))).toBe("the gate said: the docker command is not installed");
});
