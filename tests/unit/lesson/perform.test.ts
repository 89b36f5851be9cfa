import { describe, expect, test } from "vitest";
import type { NodeShell, RunOptions, SessionReply } from "../../../core/node-shell";
import { performLesson, performQuickSteps, verifyNames } from "../../../lesson";
import { shorten } from "../../../lesson/perform/evidence";
import type { LessonStep, StepVerdict, Task } from "../../../lesson/types";

const NAMES = verifyNames("debian", "run1");
const FOLDER = "/var/tmp/lab-verify-run1/work";

/** A node that answers commands from a table, and remembers what was run. */
class TableShell implements NodeShell {
  readonly ran: { command: string; options: RunOptions }[] = [];
  readonly written: Record<string, string> = {};

  /** For each command its output, or exit code and output, or an error to throw; others print nothing. */
  constructor(
    readonly answers: Readonly<Record<string, string | readonly [number, string] | Error>> = {},
    readonly replies: readonly SessionReply[] = [],
  ) {}

  async run(command: string, options: RunOptions = {}) {
    const script = options.environment?.["LAB_VERIFY_DO"];
    this.ran.push({ command: script ?? command, options });
    options.signal?.throwIfAborted();
    const answer = this.answers[script ?? command] ?? "";
    if (answer instanceof Error) {
      throw answer;
    }
    const [exitCode, output] = typeof answer === "string" ? [0, answer] : answer;
    return { exitCode, output, seconds: 0.5 };
  }

  async open(command: string, options: RunOptions) {
    this.ran.push({ command, options });
    const [greeting = { output: "", seconds: 0 }, ...replies] = this.replies;
    return {
      greeting,
      type: async (line: string) => {
        this.ran.push({ command: `> ${line}`, options });
        return replies.shift() ?? { output: "", seconds: 0 };
      },
      close: () => {
        this.ran.push({ command: "hang up", options });
      },
    };
  }

  async write(path: string, content: string, options: RunOptions = {}) {
    this.written[`${options.directory}/${path}`] = content;
  }

  commands(): string[] {
    return this.ran.map(({ command }) => command);
  }
}

function step(id: string, tasks: readonly Task[], needs: readonly string[] = []): LessonStep {
  return { id, title: `Step ${id}`, text: "", needs, tasks };
}

function command(text: string, more: Partial<Extract<Task, { kind: "command" }>> = {}): Task {
  return { kind: "command", text: "", command: text, checks: [], ...more };
}

function perform(
  shell: NodeShell,
  steps: readonly LessonStep[],
  more: { only?: string[]; cleanup?: string[]; signal?: AbortSignal } = {},
) {
  return performLesson({ shell, names: NAMES, steps, ...more });
}

const outcomes = (verdicts: readonly StepVerdict[]) => verdicts.map(({ id, outcome }) => `${id} ${outcome}`);

describe("a performance", () => {
  test("runs the student's commands on a terminal in a folder of its own, and cleans up", async () => {
    const shell = new TableShell();
    expect(outcomes(await perform(shell, [step("1", [command("docker version")])]))).toEqual(["1 passed"]);
    expect(shell.commands()).toEqual(["prepare", "docker version", "clean"]);
    expect(shell.ran[1]?.options).toMatchObject({ directory: FOLDER, output: "terminal" });
    expect(shell.ran[2]?.options.environment).toMatchObject({ LAB_VERIFY_RUN: "run1" });
  });

  test("runs what cleans up after a lesson before and after it, whatever that comes to, also when it was stopped", async () => {
    const shell = new TableShell({ "rm a": [1, "no a"], "rm b": new Error("lost") });
    const cleanup = ["rm a", "rm b"];
    expect(outcomes(await perform(shell, [step("1", [command("make a")])], { cleanup }))).toEqual(["1 passed"]);
    expect(shell.commands()).toEqual(["prepare", "rm a", "rm b", "make a", "rm a", "rm b", "clean"]);
    const stopped = new TableShell();
    await perform(stopped, [step("1", [command("make a")])], { cleanup: ["rm a"], signal: AbortSignal.abort() });
    expect(stopped.commands().slice(-2)).toEqual(["rm a", "clean-stopped"]);
  });

  test("stops a step at its first failure, tries the next steps all the same, and tells what was expected and found", async () => {
    const shell = new TableShell({ "bad thing": [3, "no\r\n"] });
    const verdicts = await perform(shell, [
      step("1", [command("bad thing"), command("never")]),
      step("2", [command("next")]),
    ]);
    expect(outcomes(verdicts)).toEqual(["1 failed", "2 passed"]);
    expect(verdicts[0]?.failure).toEqual({
      command: "bad thing",
      expected: "exit code 0",
      found: 'exit code 3 and the output "no"',
    });
    expect(shell.commands()).toEqual(["prepare", "bad thing", "next", "clean"]);
  });

  test("calls a step that fails blocked when one that it needs failed, and passed when it passes all the same", async () => {
    const shell = new TableShell({ a: [1, ""], b: [1, ""] });
    const verdicts = await perform(shell, [
      step("1", [command("a")]),
      step("2", [command("b")], ["1"]),
      step("3", [command("c")], ["1"]),
      step("4", [command("b")], ["2"]),
    ]);
    expect(outcomes(verdicts)).toEqual(["1 failed", "2 blocked", "3 passed", "4 blocked"]);
    expect(verdicts[1]?.failure?.command).toBe("b");
  });

  test("performs the steps asked for and those that they need", async () => {
    const steps = [step("1", []), step("2", []), step("3", [], ["2"])];
    expect(outcomes(await perform(new TableShell(), steps, { only: ["3"] }))).toEqual(["2 passed", "3 passed"]);
  });

  test("tells the cause of a failure if the output shows a known one", async () => {
    const shell = new TableShell({ "docker image build .": "Step 1/2 : FROM scratch\r\n" });
    const causes = [{ matches: "^Step 1/", found: "the legacy builder's output" }];
    const build = command("docker image build .", {
      checks: [{ expected: "a build", contains: ["FINISHED"] }],
      causes,
    });
    const [verdict] = await perform(shell, [step("3", [build])]);
    expect(verdict?.failure).toMatchObject({ expected: "a build", found: "the legacy builder's output" });
  });

  test("takes a node that is lost as a failure of the step, and does not throw", async () => {
    const lost = new Error("the connection was lost");
    const verdicts = await perform(new TableShell({ a: lost, clean: lost }), [step("1", [command("a")])]);
    expect(verdicts[0]?.failure).toEqual({
      command: "a",
      expected: "the command to run on the node",
      found: lost.message,
    });
  });

  test("fails every step when its folder cannot be made", async () => {
    const shell = new TableShell({ prepare: [1, "mkdir: No space left on device\n"] });
    const verdicts = await perform(shell, [step("1", [command("a")]), step("2", [command("b")])]);
    expect(outcomes(verdicts)).toEqual(["1 failed", "2 failed"]);
    expect(verdicts[0]?.failure?.found).toContain("No space left on device");
    expect(shell.commands()).toEqual(["prepare", "clean"]);
  });

  test("that is aborted cleans up, and gives the verdicts of the steps that had ended", async () => {
    const abort = new AbortController();
    const shell = new TableShell();
    const verdicts = await performLesson({
      shell,
      names: NAMES,
      steps: [step("1", [command("a")]), step("2", [command("b"), command("c")]), step("3", [command("d")])],
      signal: abort.signal,
      listener: {
        stepStarted: () => {},
        commandStarted: (_step, text) => (text === "b" ? abort.abort() : undefined),
        stepEnded: () => {},
      },
    });
    expect(outcomes(verdicts)).toEqual(["1 passed"]);
    expect(shell.commands()).toEqual(["prepare", "a", "b", "clean-stopped"]);
    expect(shell.ran.at(-1)?.options.signal).toBeUndefined();
  });

  test("refuses the student's own names", async () => {
    await expect(
      performLesson({ shell: new TableShell(), names: { ...NAMES, run: undefined } as never, steps: [] }),
    ).rejects.toThrow(/verifyNames/);
  });

  test("writes files as they are", async () => {
    const shell = new TableShell();
    const [verdict] = await perform(shell, [
      step("1", [{ kind: "file", text: "", path: "a.js", language: "js", content: "x\n" }]),
    ]);
    expect(shell.written).toEqual({ [`${FOLDER}/a.js`]: "x\n" });
    expect(verdict?.evidence).toMatchObject([{ command: "write a.js", output: "x\n" }]);
  });
});

describe("a command", () => {
  const lookups = { "image ID": { how: "", command: "docker image ls -q", example: "" } };

  test("gets what the student would look up, also in its checks", async () => {
    const shell = new TableShell({ "docker image ls -q": "12ab\n", "docker image ls": "hello  12ab" });
    const task = command("docker image ls", {
      lookups,
      checks: [{ expected: "it", matches: ["^hello +<image ID>$"] }],
    });
    const [verdict] = await perform(shell, [step("1", [task, command("use <image ID>", { lookups })])]);
    expect(verdict?.outcome).toBe("passed");
    expect(shell.commands()).toContain("use 12ab");
  });

  test.for([
    ["is not there", "", "no output"],
    ["is no id", "$(reboot)", 'the output "$(reboot)"'],
  ] as const)("is not run when what is looked up %s", async ([, output, found]) => {
    const shell = new TableShell({ "docker image ls -q": output });
    const [verdict] = await perform(shell, [step("1", [command("use <image ID>", { lookups })])]);
    expect(verdict?.failure).toEqual({
      command: "use <image ID>",
      expected: "a value for <image ID> from: docker image ls -q",
      found,
    });
    expect(shell.commands()).toEqual(["prepare", "docker image ls -q", "clean"]);
  });

  test.for([
    [0, "passed"],
    [1, "failed"],
  ] as const)(
    "that has to agree with another one: exit code 1 demanded, that one printed %i",
    async ([code, outcome]) => {
      const exitCode = { expected: "as counted", printedBy: "count" };
      const shell = new TableShell({ count: `${1 - code}\n`, scan: [1, ""] });
      expect(outcomes(await perform(shell, [step("1", [command("scan", { exitCode })])]))).toEqual([`1 ${outcome}`]);
    },
  );

  test.for([
    [0, ["prepare", "is it there", "clean"]],
    [1, ["prepare", "is it there", "pull", "clean"]],
  ] as const)("with a condition that gives exit code %i", async ([code, ran]) => {
    const shell = new TableShell({ "is it there": [code, ""] });
    await perform(shell, [step("1", [command("pull", { unless: "is it there" })])]);
    expect(shell.commands()).toEqual(ran);
  });

  const alternative = { probe: "probe", command: "local", note: "no registry", checks: [] };

  test.for([
    [0, "remote", []],
    [1, "local", ["no registry"]],
  ] as const)("with an alternative, when its probe gives exit code %i", async ([code, ran, notes]) => {
    const shell = new TableShell({ probe: [code, ""] });
    const [verdict] = await perform(shell, [step("1", [command("remote", { alternative })])]);
    expect(shell.commands()).toEqual(["prepare", "probe", ran, "clean"]);
    expect(verdict?.notes).toEqual(notes);
  });
});

describe("a proof", () => {
  const proof: Task = { kind: "proof", command: "sample", checks: [], note: "A sample: " };

  test("writes to a pipe, and its output becomes a note", async () => {
    const shell = new TableShell({ sample: "five advisories\n" });
    const [verdict] = await perform(shell, [step("1", [proof])]);
    expect(verdict?.notes).toEqual(["A sample: five advisories"]);
    expect(shell.ran[1]?.options.output).toBeUndefined();
  });

  test("makes no note when there is nothing to say, or when it fails", async () => {
    const [silent] = await perform(new TableShell(), [step("1", [proof])]);
    const [failed] = await perform(new TableShell({ sample: [2, "jq: no such file"] }), [step("1", [proof])]);
    expect([silent?.notes, failed?.notes, failed?.outcome]).toEqual([[], [], "failed"]);
  });
});

describe("a session", () => {
  const session = (checks: Extract<Task, { kind: "session" }>["lines"][number]["checks"]): Task => ({
    kind: "session",
    text: "",
    open: "docker run",
    prompt: "# $",
    lines: [
      { text: "", typed: "install", checks },
      { text: "", typed: "exit", checks: [] },
    ],
  });
  const reply = (output: string, exitCode?: number) => ({
    output,
    seconds: 0,
    ...(exitCode === undefined ? {} : { exitCode }),
  });

  test("types each line and looks at each answer", async () => {
    const shell = new TableShell({}, [reply("root@1:/#"), reply("Setting up"), reply("exit", 0)]);
    const [verdict] = await perform(shell, [step("2", [session([{ expected: "it", contains: ["Setting up"] }])])]);
    expect(verdict?.outcome).toBe("passed");
    expect(verdict?.evidence.map(({ command: typed, exitCode }) => [typed, exitCode])).toEqual([
      ["docker run", undefined],
      ["install", undefined],
      ["exit", 0],
    ]);
    expect(shell.commands()).toEqual(["prepare", "docker run", "> install", "> exit", "hang up", "clean"]);
  });

  test.for([
    [
      "does not begin",
      [reply("No such image", 125)],
      "docker run",
      'its end, with exit code 125 and the output "No such image"',
    ],
    ["fails a check", [reply(""), reply("E: no")], "install", 'the output "E: no", without "Setting up"'],
    [
      "ends early",
      [reply(""), reply("Setting up", 137)],
      "install",
      'its end, with exit code 137 and the output "Setting up"',
    ],
    ["ends badly", [reply(""), reply("Setting up"), reply("", 1)], "exit", "exit code 1 and no output"],
    ["does not end", [reply(""), reply("Setting up"), reply("")], "exit", "exit code unknown and no output"],
  ] as const)("that %s fails, and is hung up", async ([, replies, typed, found]) => {
    const shell = new TableShell({}, replies);
    const [verdict] = await perform(shell, [step("2", [session([{ expected: "it", contains: ["Setting up"] }])])]);
    expect(verdict?.failure).toMatchObject({ command: typed, found });
    expect(shell.commands().slice(-2)).toEqual(["hang up", "clean"]);
  });
});

test("the quick look performs its steps at the same time, in the user's home", async () => {
  const started: string[] = [];
  const shell = new TableShell({ b: [1, ""] });
  const verdicts = await performQuickSteps({
    shell,
    names: NAMES,
    steps: [step("a", [command("a")]), step("b", [command("b")])],
    listener: {
      stepStarted: ({ id }) => started.push(id),
      commandStarted: () => {},
      stepEnded: ({ id }) => started.push(`${id} ended`),
    },
  });
  expect(outcomes(verdicts)).toEqual(["a passed", "b failed"]);
  expect(started.slice(0, 2)).toEqual(["a", "b"]);
  expect(shell.ran[0]?.options.directory).toBeUndefined();
  expect(shell.commands()).toEqual(["a", "b", "clean"]);
});

test("evidence is cut in its middle, and says so", () => {
  const text = `${"a".repeat(500)}${"b".repeat(500)}`;
  expect(shorten(text, 1000)).toBe(text);
  const short = shorten(text, 200);
  expect(short.length).toBeLessThanOrEqual(200);
  expect(short).toMatch(/^a{70}\n\[\.\.\. 860 characters omitted \.\.\.\]\nb{70}$/);
});
