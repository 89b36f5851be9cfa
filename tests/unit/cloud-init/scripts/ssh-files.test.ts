import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../cli/support";

const SCRIPT = resolve("components/files/ssh-files.sh");
const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n";
const HOSTS = "lab-dev-seat01-node1 ssh-ed25519 AAAA1\nlab-dev-seat02-node1 ssh-ed25519 AAAA2";

function run(action: string[], directory: string | undefined, { input = KEY, hosts = HOSTS } = {}) {
  const variables = {
    PATH: process.env["PATH"],
    LAB_KNOWN_HOSTS: hosts,
    ...(directory === undefined ? {} : { LAB_SSH_DIRECTORY: directory }),
  };
  // The widest umask there is: modes must come from the script.
  const args = ["-c", 'umask 000; exec bash "$0" "$@"', SCRIPT, ...action];
  return spawnSync("/bin/sh", args, { input, env: variables, encoding: "utf8" });
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

/** A stack's SSH folder that is not there yet, in a folder that stands for `.lab`. */
function sshFolder(): string {
  return join(temporaryFolder(), "dev", "ssh");
}

test("write makes key and known_hosts, for nobody else to read, and says nothing", () => {
  const folder = sshFolder();
  expect(run(["write"], folder)).toMatchObject({ status: 0, stdout: "", stderr: "" });
  expect(readdirSync(folder).sort()).toEqual(["id_ed25519", "known_hosts"]);
  expect(readFileSync(join(folder, "id_ed25519"), "utf8")).toBe(KEY);
  expect(readFileSync(join(folder, "known_hosts"), "utf8")).toBe(`${HOSTS}\n`);
  const made = [folder, dirname(folder), join(folder, "id_ed25519"), join(folder, "known_hosts")];
  expect(made.map(modeOf)).toEqual([0o700, 0o700, 0o600, 0o600]);
});

test("write puts new files in the place of old ones, whatever mode those had", () => {
  const folder = sshFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "id_ed25519"), "old", { mode: 0o644 });
  const old = statSync(join(folder, "id_ed25519")).ino;
  run(["write"], folder);
  const now = statSync(join(folder, "id_ed25519"));
  expect([readFileSync(join(folder, "id_ed25519"), "utf8"), now.mode & 0o777]).toEqual([KEY, 0o600]);
  // Another file under the name, never the old one half written over.
  expect(now.ino).not.toBe(old);
});

test("write leaves the old key in place when it cannot finish", () => {
  const folder = sshFolder();
  run(["write"], folder, { input: "the old key\n" });
  expect(run(["write"], folder, { hosts: "" }).status).not.toBe(0);
  expect(readFileSync(join(folder, "id_ed25519"), "utf8")).toBe("the old key\n");
});

test("remove takes the folder, and the stack's with it when that is empty", () => {
  const folder = sshFolder();
  run(["write"], folder);
  expect(run(["remove"], folder)).toMatchObject({ status: 0, stderr: "" });
  expect([existsSync(dirname(folder)), existsSync(dirname(dirname(folder)))]).toEqual([false, true]);
});

test("remove leaves what else the stack's folder holds", () => {
  const folder = sshFolder();
  run(["write"], folder);
  writeFileSync(join(dirname(folder), "verdict.json"), "{}");
  run(["remove"], folder);
  expect(readdirSync(dirname(folder))).toEqual(["verdict.json"]);
});

test("remove takes the students' cards too, which nobody can use any more", () => {
  const folder = sshFolder();
  run(["write"], folder);
  mkdirSync(join(dirname(folder), "cards"));
  writeFileSync(join(dirname(folder), "cards", "cards.csv"), "password");
  run(["remove"], folder);
  expect(existsSync(dirname(folder))).toBe(false);
});

test("remove is done already where nothing is", () => {
  expect(run(["remove"], sshFolder()).status).toBe(0);
});

test.each([[["forget"]], [[]]])("refuses %j", (action) => {
  const folder = sshFolder();
  expect(run(action, folder).status).not.toBe(0);
  expect(existsSync(folder)).toBe(false);
});

test.each([["write"], ["remove"]])("%s touches nothing without LAB_SSH_DIRECTORY", (action) => {
  for (const directory of [undefined, ""]) {
    const { status, stderr } = run([action], directory);
    expect([status, stderr]).toEqual([1, expect.stringContaining("LAB_SSH_DIRECTORY")]);
  }
});
