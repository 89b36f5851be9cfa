import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { describe, expect, test } from "vitest";
import { type PulumiStack, runOperation, runPulumi } from "../../../../adapters/pulumi/run";
import { readState } from "../../../../adapters/pulumi/state";
import { temporaryFolder } from "../../cli/support";

/** A stack whose engine is a bash script; `$log` in it is the file of `--event-log`. */
function stackWith(script: string): PulumiStack {
  const directory = join(temporaryFolder(), "program");
  mkdirSync(directory);
  const command = join(directory, "pulumi");
  writeFileSync(command, `#!/bin/bash\nlog=\${!#}\n${script}\n`, { mode: 0o755 });
  return { name: "dev", directory, command, environment: { PATH: process.env["PATH"], GREETING: "hello" } };
}

const never = new AbortController().signal;
const ignore = () => undefined;

describe("runPulumi", () => {
  test("runs in the program's folder, never asks, and sees the stack's environment alone", async () => {
    process.env["LAB_UNIT_TEST_LEAK"] = "leaked";
    const stack = stackWith('pwd; echo "$*"; echo "$GREETING,$LAB_UNIT_TEST_LEAK"; read -r line || echo "no input"');
    const { stdout, exitCode } = await runPulumi(stack, ["stack", "export", "a b"]);
    delete process.env["LAB_UNIT_TEST_LEAK"];
    expect(stdout.split("\n")).toEqual([stack.directory, "stack export a b --non-interactive", "hello,", "no input"]);
    expect(exitCode).toBe(0);
  });

  test("answers also when the command fails", async () => {
    expect(await runPulumi(stackWith("echo out; echo bad >&2; exit 3"), [])).toEqual({
      exitCode: 3,
      stdout: "out",
      stderr: "bad",
    });
  });

  test("says that a command is not there, or was killed", async () => {
    const missing = await runPulumi({ ...stackWith(""), command: "/no/such/pulumi" }, []);
    expect([missing.exitCode, missing.stderr]).toEqual([1, expect.stringContaining("ENOENT")]);
    const killed = await runPulumi(stackWith("echo 'half a word' >&2; kill -KILL $$"), []);
    expect([killed.exitCode, killed.stderr]).toEqual([1, expect.stringMatching(/^half a word\n.*SIGKILL/s)]);
  });
});

describe("runOperation", () => {
  const event = '{"sequence":1,"timestamp":0,"diagnosticEvent":{"message":"seen","color":"","severity":"info"}}';

  test("passes on the events, the last one too, and gives the outcome", async () => {
    const stack = stackWith(`echo '${event}' >> "$log"; echo "$PULUMI_DEBUG_COMMANDS $*"; exit 5`);
    const events: EngineEvent[] = [];
    const result = await runOperation(stack, ["up", "--yes"], (seen) => events.push(seen), never);
    expect(events).toEqual([JSON.parse(event)]);
    expect(result.exitCode).toBe(5);
    expect(result.stdout).toMatch(/^true up --yes --non-interactive --event-log \/\S+$/);
  });

  test("hands an interrupt on as one SIGINT, and waits for pulumi to end by itself", async () => {
    const stack = stackWith(`trap 'echo interrupted >> count; sleep 0.2; echo saved; exit 1' INT
      echo '${event}' >> "$log"
      for _ in {1..100}; do sleep 0.05; done`);
    const interrupted = new AbortController();
    const result = await runOperation(stack, ["up"], () => interrupted.abort(), interrupted.signal);
    expect(result).toMatchObject({ exitCode: 1, stdout: "saved" });
    expect(readFileSync(join(stack.directory, "count"), "utf8")).toBe("interrupted\n");
  });

  test("has pulumi in a process group of its own, so that Ctrl-C does not reach it twice", async () => {
    const { stdout } = await runOperation(stackWith("ps -o pgid= -p $$; echo $$"), [], ignore, never);
    const [group, process] = stdout.split("\n").map(Number);
    expect(group).toBe(process);
  });

  test("does not start pulumi when the interrupt came before, during the set-up", async () => {
    const stack = stackWith("touch started; sleep 0.5");
    await expect(runOperation(stack, ["up"], ignore, AbortSignal.abort())).rejects.toThrow("Stopped before pulumi");
    expect(() => readFileSync(join(stack.directory, "started"))).toThrow("ENOENT");
  });
});

describe("readState", () => {
  test("asks for the stack's state by its name", async () => {
    const stack = stackWith(`echo "$*" > asked; echo '{"deployment":null}'`);
    expect(await readState(stack)).toEqual([]);
    expect(readFileSync(join(stack.directory, "asked"), "utf8")).toBe("stack export --stack dev --non-interactive\n");
  });

  test("gives no resources for a stack that was never made", async () => {
    expect(await readState(stackWith("echo \"error: no stack named 'dev' found\" >&2; exit 255"))).toEqual([]);
  });

  test("explains any other failure", async () => {
    const stack = stackWith("echo 'error: get stack secrets manager: incorrect passphrase' >&2; exit 255");
    await expect(readState(stack)).rejects.toThrow('The passphrase does not fit the stack "dev"');
  });
});
