import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FreshClone, freshClone, runCommand } from "./fresh-clone";

/** A line of a stack trace. */
const STACK_FRAME = /^\s+at .*:\d+:\d+\)?$/m;

/** Each command with the options and arguments that its help has to name. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  up: ["--stack", "--verbose", "--json", "--seats", "--target", "--ssh-port", "--refresh", "--yes"],
  preview: ["--stack", "--verbose", "--json", "--seats", "--target", "--ssh-port", "--refresh"],
  status: ["--stack", "--verbose", "--json"],
  ssh: ["--stack", "--verbose", "--user", "[arguments...]"],
  logs: ["--stack", "--verbose", "--follow", "[seat]"],
  lock: ["--stack", "--verbose", "--json", "--trivy", "--check"],
  down: ["--stack", "--verbose", "--json", "--yes"],
  env: ["--stack", "--verbose", "--json"],
  test: ["--stack", "--verbose", "--all", "--faults", "[arguments...]"],
};

/** What the file `lab` calls before Node.js takes over. */
const TOOLS_OF_LAB = ["bash", "cmp", "cp", "dirname", "head", "mktemp", "readlink", "rm", "sort"];

let clone: FreshClone;
beforeAll(() => {
  clone = freshClone("shared");
});
afterAll(() => clone.remove());

describe("help", () => {
  it("names every command, and is what asking for nothing gives", async () => {
    const help = await clone.lab("--help");
    expect(help).toMatchObject({ exitCode: 0, stderr: "" });
    for (const command of Object.keys(COMMANDS)) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command}\\b`, "m"));
    }
    expect(help.stdout).toContain("Exit codes: 0 success, 1 failure, 2 wrong usage or config");
    const nothing = await clone.lab();
    expect(nothing.exitCode).toBe(2);
    expect(nothing.stdout + nothing.stderr).toContain("Usage: lab");
  });

  it.each(Object.entries(COMMANDS))("of %s names its options", async (command, options) => {
    const { exitCode, stdout, stderr } = await clone.lab(command, "--help");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(`Usage: lab ${command}`);
    for (const option of options) {
      expect(stdout).toContain(option);
    }
  });
});

describe("wrong usage ends with 2, in words, before anything is made", () => {
  it.each([
    ["an unknown command", ["frobnicate"], /unknown command 'frobnicate'/],
    ["a misspelt command", ["statsu"], /Did you mean status\?/],
    ["an unknown option", ["up", "--seets", "2"], /unknown option '--seets'/],
    ["an option of another command", ["status", "--seats", "2"], /unknown option '--seats'/],
    ["an option without its value", ["up", "--seats"], /argument missing/],
    ["an argument too many", ["down", "node1"], /too many arguments/],
    ["a user that nodes do not have", ["ssh", "--user", "admin"], /Allowed choices are root, student/],
  ])("%s", async (_, words, reason) => {
    const { exitCode, stdout, stderr } = await clone.lab(...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^lab: /);
    expect(stderr).toMatch(reason);
    expect(stderr).toContain("Run ./lab --help for usage.");
    expect(stderr).not.toMatch(STACK_FRAME);
  });

  it.each(["up", "preview"])("every problem of %s's settings, in one message", async (command) => {
    const words = ["--seats", "0", "--target", "moon", "--ssh-port", "80"];
    const { exitCode, stdout, stderr } = await clone.lab(command, ...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain("The config of this lab has 3 problems:");
    expect(stderr).toMatch(/ - seats: .*, not 0$/m);
    expect(stderr).toMatch(/ - target: .*, not "moon"$/m);
    expect(stderr).toMatch(/ - local.sshPort: .*, not 80$/m);
    expect(stderr).not.toMatch(STACK_FRAME);
    await expectNoLab();
  });

  it("an engine that there is none of", async () => {
    const environment = { ...clone.environment, LAB_ENGINE: "steam" };
    const { exitCode, stderr } = await runCommand(join(clone.directory, "lab"), ["env"], { ...clone, environment });
    expect(exitCode).toBe(2);
    expect(stderr).toBe('lab: LAB_ENGINE is "steam"; allowed: auto, official, airgapped.\n');
  });
});

describe("no lab yet", () => {
  it.each(["status", "status --json", "ssh", "ssh docker version", "logs", "logs --follow", "down", "down --json"])(
    "%s: ends with 1, and says what makes one",
    async (line) => {
      const { exitCode, stdout, stderr } = await clone.lab(...line.split(" "));
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toBe(
        `lab: There is no lab "${clone.stack}" here.\nRun ./lab up --stack ${clone.stack} to create it, or add --stack NAME for another one.\n`,
      );
    },
  );

  it("names the lab that --stack asks for", async () => {
    const { exitCode, stderr } = await clone.lab("status", "--stack", "monday");
    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no lab "monday" here.');
  });

  it("shows where an error came from with --verbose, and only then", async () => {
    const verbose = await clone.lab("status", "--verbose");
    expect(verbose.exitCode).toBe(1);
    expect(verbose.stderr).toContain(`There is no lab "${clone.stack}" here.`);
    expect(verbose.stderr).toMatch(STACK_FRAME);
    expect((await clone.lab("status")).stderr).not.toMatch(STACK_FRAME);
  });
});

describe("Node.js", () => {
  it("missing on PATH: ends with 2, and says where to get it", async () => {
    const { exitCode, stdout, stderr } = await labWithPath(folderOf("tools-only", {}));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^lab: Node\.js 20\.19\.0 or newer is required; node was not found on PATH\.$/m);
    expect(stderr).toContain("https://nodejs.org/en/download");
  });

  it.each(["v9.99.9", "v18.20.8", "v20.18.3"])(
    "%s is too old: ends with 2, and says which one it found",
    async (version) => {
      const folder = folderOf(`node-${version}`, { node: answers(version) });
      const { exitCode, stdout, stderr } = await labWithPath(folder);
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
      expect(stderr).toContain(`Node.js 20.19.0 or newer is required; ${join(folder, "node")} is ${version}.`);
      expect(stderr).toContain("https://nodejs.org/en/download");
    },
  );

  it.each(["v20.19.0", "v22.1.0", "v100.0.0"])("%s is new enough", async (version) => {
    const { exitCode, stdout } = await labWithPath(folderOf(`node-${version}`, { node: answers(version) }));
    expect(exitCode).toBe(0);
    expect(stdout).toContain(".lab/bundle/lab.cjs --help");
  });

  it("without npm and packages: ends with 2, and says what is needed", async () => {
    const bare = freshClone("none");
    try {
      const environment = { ...bare.environment, PATH: folderOf("no-npm", { node: answers("v20.19.0") }) };
      const { exitCode, stderr } = await runCommand(join(bare.directory, "lab"), ["status"], { ...bare, environment });
      expect(exitCode).toBe(2);
      expect(stderr).toContain("npm is required");
    } finally {
      bare.remove();
    }
  });

  it("with an npm that fails: ends with 2, and shows npm's own words", async () => {
    const bare = freshClone("none");
    try {
      const npm = "echo 'npm error the registry is asleep' >&2; exit 1";
      const environment = { ...bare.environment, PATH: folderOf("bad-npm", { node: answers("v20.19.0"), npm }) };
      const { exitCode, stderr } = await runCommand(join(bare.directory, "lab"), ["status"], { ...bare, environment });
      expect(exitCode).toBe(2);
      expect(stderr).toContain("npm error the registry is asleep");
      expect(stderr).toContain(`'npm ci' failed in ${bare.directory}`);
    } finally {
      bare.remove();
    }
  });
});

async function expectNoLab(): Promise<void> {
  const { stderr } = await clone.lab("status");
  expect(stderr).toContain(`There is no lab "${clone.stack}" here.`);
}

function labWithPath(folder: string) {
  const environment = { ...clone.environment, PATH: folder };
  return runCommand(join(clone.directory, "lab"), ["--help"], { ...clone, environment });
}

/** A folder for PATH with the tools that `lab` needs, and the given shell programs. */
function folderOf(name: string, programs: Readonly<Record<string, string>>): string {
  const folder = join(clone.directory, ".lab", "test-path", name);
  mkdirSync(folder, { recursive: true });
  for (const tool of TOOLS_OF_LAB) {
    const found = execFileSync("bash", ["-c", 'type -P "$1"', "bash", tool], { encoding: "utf8" }).trim();
    symlinkSync(found, join(folder, tool));
  }
  for (const [program, script] of Object.entries(programs)) {
    writeFileSync(join(folder, program), `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

/** A `node` that tells a version, and otherwise what it was called with. */
function answers(version: string): string {
  return `if [ "$1" = --version ]; then echo ${version}; else echo "$@"; fi`;
}
