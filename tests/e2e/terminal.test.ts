import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { dockerResources, lastingProcessesOf, processesOf, removeThingsOf } from "./leftovers";
import { CONTROL_C, HIDE_CURSOR, labAtTerminal, SHOW_CURSOR, type TerminalSession } from "./pseudo-terminal";

/** The board's line of a node on which cloud-init has been running for a while, watched by the gate. */
const GATE_IS_WAITING = /node1\s+✓ [\d.]+ s\s+[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] [3-9] s/;

/** A line of a stack trace. */
const STACK_FRAME = /^\s+at .*:\d+:\d+\)?\r?$/m;

let lab: LabClone;

/** What a person sees who watches, and who changes their mind: each test goes on where the one before it ended. */
describe("at a terminal", () => {
  beforeAll(async () => {
    lab = await makeLabClone();
  });
  afterAll(async () => {
    await removeThingsOf(lab.stack);
    await lab.remove();
  });

  it("SIGINT during the set-up: ends at once, and nothing was made", async () => {
    const words = ["up", "--ssh-port", String(lab.sshPort)];
    const child = execa(join(lab.directory, "lab"), words, {
      cwd: lab.directory,
      env: lab.environment,
      extendEnv: false,
      reject: false,
      stdin: "ignore",
    });
    child.stderr?.once("data", () => child.kill("SIGINT"));
    const { exitCode, stdout, stderr } = await child;
    expect(stderr).toContain("lab: stopping after the steps that are running; Ctrl-C again to drop them\n");
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
    expect(stderr).not.toMatch(STACK_FRAME);
    expect(await dockerResources(lab.stack)).toEqual([]);
    expect(await lastingProcessesOf(lab.stack)).toEqual([]);
  });

  it("Ctrl-C in the middle of up: a clean stop, the command to go on, and nobody left at work", async () => {
    const session = labAtTerminal(`up --ssh-port ${lab.sshPort}`, lab);
    await session.sees(GATE_IS_WAITING);
    expect(processesOf(lab.stack)).not.toEqual([]);
    session.type(CONTROL_C);
    expect(await session.ends(), lastWords(session)).toBe(1);
    const afterwards = session.output().split("lab: stopping after the steps that are running")[1] ?? "";
    expect(afterwards).toContain(`Run ./lab up --stack ${lab.stack} to continue`);
    expect(session.output()).not.toMatch(STACK_FRAME);
    expectCursorRestored(session);
    expect(await lastingProcessesOf(lab.stack)).toEqual([]);
    expect(await dockerResources(lab.stack), "what is done is kept").toContain(`container /lab-${lab.stack}-node1`);
  });

  it("up goes on from there, on a live board that ends with the cursor restored", async () => {
    const session = labAtTerminal("up", lab);
    expect(await session.ends(), lastWords(session)).toBe(0);
    expect(session.output()).toMatch(/0 of 1 seat ready · (\d+ m )?\d+ s/);
    expect(session.output()).toMatch(/node1\s+same [^\n]*✓[^\n]* [⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] \d+ s/);
    expect(session.output()).toMatch(/1 of 1 seat ready · (\d+ m )?\d+ s/);
    expect(session.output().match(/\d of 1 seat ready/g)?.length, "redrawn in place").toBeGreaterThan(5);
    expect(session.output()).toMatch(/ {2}seat01 +ready +root@127\.0\.0\.1:/);
    expectCursorRestored(session);
    expect((await lab.lab("ssh", "docker", "run", "--rm", "hello:v0.2")).stdout).toContain("this is v0.2");
  });

  it("down: on a live board too, and nothing is left", async () => {
    const session = labAtTerminal("down", lab);
    expect(await session.ends(), lastWords(session)).toBe(0);
    expectCursorRestored(session);
    expect(session.output()).toContain(`The lab "${lab.stack}" is down`);
    expect(await dockerResources(lab.stack)).toEqual([]);
    expect(await lastingProcessesOf(lab.stack)).toEqual([]);
  });
});

/** The end of what the terminal shows, for when a test fails. */
function lastWords(session: TerminalSession): string {
  return session.output().slice(-1500);
}

function expectCursorRestored(session: TerminalSession): void {
  const hidden = session.output().lastIndexOf(HIDE_CURSOR);
  expect(hidden).toBeGreaterThan(-1);
  expect(session.output().lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(hidden);
}
