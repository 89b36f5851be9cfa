import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";

/**
 * Runs the script with an `ssh` that fails so many times, in the given words, before it lets anybody in; and so many times
 * more when it is to run the command.
 */
async function run(failures: number, words: string, later = 0) {
  const folder = mkdtempSync(join(tmpdir(), "lab-dial-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const calls = join(folder, "calls");
  const ssh = [
    "#!/bin/bash",
    'echo "$*" >> "$FAKE_CALLS"',
    'if [ "$(wc -l < "$FAKE_CALLS")" -le "$FAKE_FAILURES" ]; then echo "$FAKE_WORDS" >&2; exit 255; fi',
    'case "$*" in *" true") exit ;; esac',
    'if [ "$(grep -cv " true$" "$FAKE_CALLS")" -le "$FAKE_LATER" ]; then echo "$FAKE_WORDS" >> "$2"; exit 255; fi',
    "cat",
  ];
  writeFileSync(join(folder, "ssh"), `${ssh.join("\n")}\n`);
  chmodSync(join(folder, "ssh"), 0o755);
  const env = {
    FAKE_CALLS: calls,
    FAKE_FAILURES: String(failures),
    FAKE_LATER: String(later),
    FAKE_WORDS: words,
    PATH: `${folder}:${process.env["PATH"]}`,
  };
  const script = ["components/files/ssh-when-it-answers.sh", "-p", "2201", "root@127.0.0.1", "bash -s"];
  const { exitCode, stdout, stderr } = await execa("bash", script, { env, input: "the input", reject: false });
  return { exitCode, stdout, stderr, calls: readFileSync(calls, "utf8").trim().split("\n") };
}

test("a node that boots is tried until it answers, and the command gets the whole input", async () => {
  const { exitCode, stdout, calls } = await run(2, "Connection refused");
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "the input" });
  const probe = "-p 2201 root@127.0.0.1 true";
  expect(calls).toEqual([
    probe,
    probe,
    probe,
    expect.stringMatching(
      /^-E \S+ -o SendEnv=LAB_ARTEFACT_DIRECTORY( LAB_(?!NODE_DOCKER)\w+)+ -o .*-p 2201 root@127\.0\.0\.1 bash -s$/,
    ),
  ]);
});

test("a node with another host key is not tried again", async () => {
  const words = "WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!";
  const { exitCode, stderr, calls } = await run(9, words);
  expect({ exitCode, stderr, tries: calls.length }).toEqual({ exitCode: 255, stderr: words, tries: 1 });
});

test("a node that restarts its SSH server between two logins is dialled again, with the whole input", async () => {
  const { exitCode, stdout, stderr, calls } = await run(0, "kex_exchange_identification: Connection closed", 2);
  expect({ exitCode, stdout, stderr, tries: calls.length }).toEqual({
    exitCode: 0,
    stdout: "the input",
    stderr: "",
    tries: 4,
  });
});

test("a command whose connection is lost is not run twice", async () => {
  const words = "client_loop: send disconnect: Broken pipe";
  const { exitCode, stderr, calls } = await run(0, words, 1);
  expect({ exitCode, stderr, tries: calls.length }).toEqual({ exitCode: 255, stderr: words, tries: 2 });
});
