import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runCommandLine } from "../../../cli/program";
import type { CommandContext } from "../../../core/command-context";
import { runtimeIn, textOf } from "./support";

const require = createRequire(__filename);
const COMMANDS = [
  "up",
  "preview",
  "status",
  "ssh",
  "cards",
  "logs",
  "verify",
  "lock",
  "bake",
  "down",
  "audit",
  "env",
  "test",
] as const;
const WITH_A_SEAT = ["spare", "reset"] as const;

interface Call {
  readonly command: string;
  readonly context: CommandContext;
  readonly request: unknown;
}

let calls: Call[] = [];

/** The file that a command loads when it is run. */
function workflowFile(command: string): string {
  const file = resolve("cli/workflows", `${command}.ts`);
  return existsSync(file) ? file : resolve("cli/workflows", command, "index.ts");
}

beforeAll(() => {
  // `lab` runs with this hook; with it Node.js finds commands by their names without ".ts".
  require("tsx/cjs");
});

beforeEach(() => {
  calls = [];
  for (const command of [...COMMANDS, ...WITH_A_SEAT]) {
    const file = workflowFile(command);
    const record = async (context: CommandContext, request: unknown) => {
      calls.push({ command, context, request });
      return 7;
    };
    require.cache[file] = { ...module, id: file, filename: file, loaded: true, exports: { [command]: record } };
  }
  const checkLock = (context: CommandContext) => {
    calls.push({ command: "checkLock", context, request: undefined });
    return 7;
  };
  Object.assign(require.cache[workflowFile("lock")]?.exports ?? {}, { checkLock });
});

afterEach(() => {
  for (const command of [...COMMANDS, ...WITH_A_SEAT]) {
    delete require.cache[workflowFile(command)];
  }
});

async function lab(words: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const runtime = runtimeIn("/program", environment);
  const exitCode = await runCommandLine(words, runtime, new AbortController().signal);
  return { exitCode, stdout: textOf(runtime.stdout), stderr: textOf(runtime.stderr) };
}

async function callOf(words: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Call> {
  calls = [];
  await lab(words, environment);
  const [call, ...more] = calls;
  if (call === undefined || more.length > 0) {
    throw new Error(`${calls.length} calls`);
  }
  return call;
}

describe("options that every command has", () => {
  test.each(COMMANDS)("%s gets its stack from --stack, then from PULUMI_STACK, then the default", async (command) => {
    const environment = { PULUMI_STACK: "spring" };
    const stacks = [
      await callOf([command, "--stack", "autumn"], environment),
      await callOf([command], environment),
      await callOf([command]),
    ].map(({ context }) => context.options);
    expect(stacks).toEqual(["autumn", "spring", "dev"].map((stack) => ({ stack, json: false, verbose: false })));
  });

  test.each(COMMANDS)("%s takes --verbose", async (command) => {
    expect((await callOf([command, "--verbose"])).context.options.verbose).toBe(true);
  });

  test.each(["up", "preview", "status", "cards", "lock", "bake", "down", "env"])(
    "%s takes --json, and is silent on the way",
    async (command) => {
      const { context } = await callOf([command, "--json"]);
      context.reporter.info("a probe");
      expect([context.options.json, textOf(context.runtime.stderr)]).toEqual([true, ""]);
    },
  );

  test.each(COMMANDS)("%s has a help text of its own, which is no mistake to ask for", async (command) => {
    const { exitCode, stdout, stderr } = await lab([command, "--help"]);
    expect([exitCode, stderr, calls]).toEqual([0, "", []]);
    expect(stdout).toMatch(new RegExp(`^Usage: lab ${command} `));
    expect(stdout).toContain("--stack <name>");
  });
});

test("spare takes the one seat to move", async () => {
  const { command, request } = await callOf(["spare", "seat03", "--json"]);
  expect([command, request]).toEqual(["spare", "seat03"]);
  expect((await lab(["spare"])).exitCode).toBe(2);
});

test("audit looks at one lab, or at all of this folder", async () => {
  expect((await callOf(["audit"])).request).toBe("one-lab");
  expect((await callOf(["audit", "--all"])).request).toBe("all-labs");
  expect(await lab(["audit"])).toMatchObject({ exitCode: 7 });
  expect((await lab(["audit", "--all", "--stack", "spring"])).exitCode).toBe(2);
});

test("reset takes one seat or several, keeps homes and asks, unless it is told otherwise", async () => {
  const { command, request } = await callOf(["reset", "seat03"]);
  const limits = { gigabytes: 4, minutes: 10 };
  expect([command, request]).toEqual(["reset", { names: ["seat03"], homes: "keep", limits, asking: "ask" }]);
  expect((await callOf(["reset", "seat03", "seat07", "--discard", "--yes"])).request).toEqual({
    names: ["seat03", "seat07"],
    homes: "discard",
    limits,
    asking: "go ahead",
  });
  const larger = await callOf(["reset", "seat03", "--max-home-gb", "0.5", "--max-home-minutes", "60"]);
  expect(larger.request).toMatchObject({ limits: { gigabytes: 0.5, minutes: 60 } });
  expect((await lab(["reset"])).exitCode).toBe(2);
  expect((await lab(["reset", "seat03", "--max-home-gb", "0"])).exitCode).toBe(2);
});

test("status only looks, unless it is told to mark", async () => {
  expect((await callOf(["status"])).request).toBe("only look");
  expect((await callOf(["status", "--mark"])).request).toBe("mark");
});

test("up leaves images on nodes alone when told", async () => {
  expect((await callOf(["up", "--keep-images"])).request).toMatchObject({ images: "leave" });
});

test("up takes several seats to replace", async () => {
  const { request } = await callOf(["up", "--replace", "seat01", "--replace", "seat03"]);
  expect(request).toMatchObject({ replace: ["seat01", "seat03"] });
});

test("up leaves its verdict out when told", async () => {
  expect((await callOf(["up", "--no-verify"])).request).toMatchObject({ verdict: "none" });
});

test("cards takes a seat, a folder and the wish for keys, gives the exit code, and does without them", async () => {
  const words = ["cards", "--seat", "seat03", "--output", "out", "--keys"];
  expect((await callOf(words)).request).toEqual({ seat: "seat03", output: "out", keys: "with-keys" });
  expect((await callOf(["cards"])).request).toEqual({ seat: undefined, output: undefined, keys: "without-keys" });
  expect((await lab(["cards"])).exitCode).toBe(7);
});

describe("verify", () => {
  const EVERYTHING = {
    lesson: undefined,
    seats: [],
    steps: [],
    json: undefined,
    junit: undefined,
    parallel: undefined,
  };

  test("performs everything on every seat, and gives the exit code", async () => {
    const { context, request } = await callOf(["verify"]);
    expect([request, context.options.json]).toEqual([EVERYTHING, false]);
    expect((await lab(["verify"])).exitCode).toBe(7);
  });

  test("takes the folder of a lesson of one's own", async () => {
    expect((await callOf(["verify", "--lesson", "mine"])).request).toEqual({ ...EVERYTHING, lesson: "mine" });
  });

  test("takes seats and steps, several after one option or each after its own", async () => {
    const words = ["verify", "--seat", "seat01", "seat03", "--step", "2", "--seat", "seat07", "--parallel", "4"];
    expect((await callOf(words)).request).toEqual({
      ...EVERYTHING,
      seats: ["seat01", "seat03", "seat07"],
      steps: ["2"],
      parallel: 4,
    });
  });

  test.each([
    [["--json"], { json: "-" }, true],
    [["--json", "-"], { json: "-" }, true],
    [["--json", "out.json"], { json: "out.json" }, false],
    [["--json", "--junit", "out.xml"], { json: "-", junit: "out.xml" }, true],
    [["--junit", "-"], { junit: "-" }, false],
  ])("%j: silent only when the JSON goes to standard output", async (words, files, isSilent) => {
    const { context, request } = await callOf(["verify", ...words]);
    expect([request, context.options.json]).toEqual([{ ...EVERYTHING, ...files }, isSilent]);
  });

  test.each(["0", "-1", "1.5", "many", "10000"])("refuses %j seats at a time", async (text) => {
    const { exitCode, stderr } = await lab(["verify", "--parallel", text]);
    expect([exitCode, calls]).toEqual([2, []]);
    expect(stderr).toContain("It must be a whole number from 1 to 9999.");
  });
});

describe.each(["up", "preview"])("%s", (command) => {
  test("changes nothing without options", async () => {
    const { request } = await callOf([command]);
    const more = command === "up" ? { replace: [], images: "repair", verdict: "quick", capacityCheck: "required" } : {};
    expect(request).toEqual({ changes: new Map(), refresh: "trust-state", ...more });
  });

  test("gets settings by their full names, numbers as numbers", async () => {
    const { request } = await callOf([
      command,
      "--seats",
      "3",
      "--spares",
      "1",
      "--target=local",
      "--ssh-port",
      "02301",
      "--refresh",
    ]);
    expect(request).toMatchObject({
      changes: new Map<string, string | number>([
        ["seats", 3],
        ["spares", 1],
        ["target", "local"],
        ["local.sshPort", 2301],
      ]),
      refresh: "refresh",
    });
  });

  test.each([["-1"], ["1.5"], ["many"], [""], ["0x10"]])(
    "leaves %j to be judged with the rest of the config",
    async (text) => {
      expect((await callOf([command, "--seats", text])).request).toMatchObject({ changes: new Map([["seats", text]]) });
    },
  );
});

test("--yes is taken by up and down", async () => {
  expect((await lab(["up", "--yes"])).exitCode).toBe(0);
  expect((await lab(["down", "--yes"])).exitCode).toBe(0);
});

describe("ssh", () => {
  test("leaves the command's own options to the command, and gives its exit code", async () => {
    const words = ["seat02", "ls", "-l", "--stack", "x", "--help"];
    expect((await lab(["ssh", "--stack", "spring", ...words])).exitCode).toBe(7);
    expect(calls).toMatchObject([{ context: { options: { stack: "spring" } }, request: { words, user: "root" } }]);
  });

  test("logs in as root or student, and as nobody else", async () => {
    expect((await callOf(["ssh", "--user", "student"])).request).toEqual({ words: [], user: "student" });
    const { exitCode, stderr } = await lab(["ssh", "--user", "toor"]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("Allowed choices are root, student")]);
  });
});

test.each([
  [["logs"], { seat: undefined, mode: "print" }],
  [["logs", "seat02", "--follow"], { seat: "seat02", mode: "follow" }],
])("%j", async (words, request) => {
  expect((await callOf(words)).request).toEqual(request);
  expect((await lab(words)).exitCode).toBe(7);
});

describe("lock", () => {
  test("asks for the locked version of Trivy, or the one that is named", async () => {
    expect((await callOf(["lock"])).request).toEqual({ trivy: undefined, regions: [] });
    expect((await callOf(["lock", "--trivy", "0.75.1"])).request).toEqual({ trivy: "0.75.1", regions: [] });
  });

  test("asks for the regions that are named, beside those that it has", async () => {
    const words = ["lock", "--region", "eu-central-1", "--region", "us-east-1"];
    expect((await callOf(words)).request).toEqual({ trivy: undefined, regions: ["eu-central-1", "us-east-1"] });
    expect((await lab([...words, "--check"])).exitCode).toBe(2);
  });

  test("only checks with --check, and gives the check's exit code", async () => {
    expect((await lab(["lock", "--check", "--json"])).exitCode).toBe(7);
    expect(calls).toMatchObject([{ command: "checkLock", context: { options: { json: true } } }]);
    expect((await lab(["lock", "--check", "--trivy", "0.75.1"])).exitCode).toBe(2);
  });
});

test("test leaves vitest's options to vitest, and gives its exit code", async () => {
  expect((await lab(["test", "--project", "unit", "-t", "seats"])).exitCode).toBe(7);
  expect(calls[0]?.request).toEqual({ words: ["--project", "unit", "-t", "seats"], tier: "all" });
});

test.each([
  [["test"], { words: [], tier: "short" }],
  [["test", "--all"], { words: [], tier: "all" }],
  [["test", "--all", "--bail", "1"], { words: ["--bail", "1"], tier: "all" }],
  [["test", "tests/engine/hosts.test.ts"], { words: ["tests/engine/hosts.test.ts"], tier: "all" }],
  [["test", "--faults", "--project", "faults"], { words: ["--project", "faults"], tier: "faults" }],
])("%j", async (words, request) => {
  expect((await callOf(words)).request).toEqual(request);
});

describe("wrong usage", () => {
  test.each([
    [["upp"], "unknown command 'upp'"],
    [["up", "--seat", "3"], "unknown option '--seat'"],
    [["up", "--seats"], "option '--seats <number>' argument missing"],
    [["up", "3"], "too many arguments"],
    [["down", "--seats", "3"], "unknown option '--seats'"],
    [["ssh", "--json"], "unknown option '--json'"],
    [
      ["extend", "--by", "2h", "--until", "18:00"],
      "option '--by <duration>' cannot be used with option '--until <time>'",
    ],
  ])("%j gives 2 and says why on stderr alone", async (words, reason) => {
    const { exitCode, stdout, stderr } = await lab(words);
    expect([exitCode, stdout, calls]).toEqual([2, "", []]);
    expect(stderr).toContain(`lab: ${reason}`);
    expect(stderr).toContain("Run ./lab --help for usage.");
  });

  test("no command at all gives 2 and the help, on stderr", async () => {
    const { exitCode, stdout, stderr } = await lab([]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: lab [options] [command]");
  });
});

test("--help names every command, a first lab, the exit codes and the engines", async () => {
  const { exitCode, stdout } = await lab(["--help"]);
  expect(exitCode).toBe(0);
  for (const text of [...COMMANDS.map((command) => `\n  ${command} `), "./lab up ", "Exit codes:", "LAB_ENGINE="]) {
    expect(stdout).toContain(text);
  }
});

test("what a command throws is not the program's to catch", async () => {
  const file = workflowFile("down");
  const down = () => Promise.reject(new Error("thrown by down"));
  require.cache[file] = { ...module, id: file, filename: file, loaded: true, exports: { down } };
  await expect(lab(["down"])).rejects.toThrow("thrown by down");
});

describe("the process", () => {
  const process_ = (...words: string[]) => {
    const args = ["--require", "tsx/cjs", resolve("cli/main.ts"), ...words];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    return { status, stdout, stderr };
  };

  test.each([
    [0, ["--help"]],
    [2, ["upp"]],
  ])("ends with %i after %j", (status, words) => {
    expect(process_(...words)).toMatchObject({ status });
  });

  test("loads no workflow for --help", () => {
    const script = `process.argv.push("--help");
      require("./cli/main.ts");
      process.on("exit", () => process.stderr.write(Object.keys(require.cache).join("\\n")));`;
    const { stderr } = spawnSync(process.execPath, ["--require", "tsx/cjs", "-e", script], { encoding: "utf8" });
    expect(stderr).toContain("/cli/commands/up.ts");
    expect(stderr).not.toContain("/cli/workflows/");
  });

  test("ends with 1 and the hint on a line of its own after a failure", () => {
    expect(process_("status", "--stack", "no-such-lab")).toEqual({
      status: 1,
      stdout: "",
      stderr:
        'lab: There is no lab "no-such-lab" here.\nRun ./lab up --stack no-such-lab to create it, or add --stack NAME for another one.\n',
    });
  });

  test("ends with 2 and every problem after a wrong setting, before anything is made", () => {
    const { status, stderr } = process_("up", "--stack", "no-such-lab", "--seats", "0", "--ssh-port", "x");
    expect(status).toBe(2);
    expect(stderr).toContain("seats: must be a whole number");
    expect(stderr).toContain("local.sshPort: must be a whole number");
  });

  test("shows where an error came from with --verbose", () => {
    expect(process_("status", "--stack", "no-such-lab", "--verbose").stderr).toContain("open-stack.ts:");
  });
});
