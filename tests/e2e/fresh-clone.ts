import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { execa } from "execa";
import type { CommandResult } from "../support/lab-clone";

const REPOSITORY = resolve(__dirname, "../..");

/** Variables of whoever runs the tests that would make a newcomer's lab another one. */
const PERSONAL = [/^PULUMI_/, /^npm_/, /^VITEST/, /^(CI|DEBUG|NODE_ENV|NODE_OPTIONS|NO_COLOR|FORCE_COLOR)$/];

/** Where the npm packages of a fresh clone come from: this working tree's, or nowhere yet. */
export type Packages = "shared" | "none";

/** What `git clone` would give, in a temporary folder. Unlike `cloneLab`'s, it outlives one test and needs no Docker Engine. */
export interface FreshClone {
  readonly directory: string;
  readonly stack: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Runs `./lab WORDS` and does not throw when it fails. */
  lab(...words: string[]): Promise<CommandResult>;
  /** Removes the folder; what was made on a Docker Engine is the caller's to remove. */
  remove(): void;
}

/** Copies the working tree as git would commit it. */
export function freshClone(packages: Packages): FreshClone {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "lab-clone-")));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    copyFiles(directory);
    if (packages === "shared") {
      sharePackages(directory);
    }
  } catch (error) {
    remove();
    throw error;
  }
  const stack = `test-${randomBytes(4).toString("hex")}`;
  const environment = { ...newcomersEnvironment(), PULUMI_STACK: stack };
  return {
    directory,
    stack,
    environment,
    lab: (...words) => runCommand(join(directory, "lab"), words, { directory, environment }),
    remove,
  };
}

/** Runs a program with exactly this environment and without input; does not throw when it fails. */
export async function runCommand(
  file: string,
  words: readonly string[],
  where: { readonly directory: string; readonly environment: Readonly<Record<string, string>> },
): Promise<CommandResult> {
  const result = await execa(file, words, {
    cwd: where.directory,
    env: where.environment,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    stripFinalNewline: false,
  });
  return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
}

function newcomersEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || PERSONAL.some((pattern) => pattern.test(name)) ? [] : [[name, value]],
    ),
  );
}

function copyFiles(directory: string): void {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", list, { cwd: REPOSITORY, encoding: "utf8" }).split("\0").filter(Boolean);
  // A file removed in the working tree is listed until git knows of it.
  for (const file of files.filter((name) => existsSync(join(REPOSITORY, name)))) {
    mkdirSync(join(directory, dirname(file)), { recursive: true });
    cpSync(join(REPOSITORY, file), join(directory, file));
  }
}

/** A link, and never one that `lab` would take for out of date: `npm ci` empties the folder behind it. */
function sharePackages(directory: string): void {
  const packages = join(REPOSITORY, "node_modules");
  const madeFrom = join(packages, ".lab-package-lock.json");
  const lockFile = join(REPOSITORY, "package-lock.json");
  if (!existsSync(madeFrom) || !readFileSync(madeFrom).equals(readFileSync(lockFile))) {
    throw new Error("node_modules does not fit package-lock.json; type ./lab env once, then run the tests again");
  }
  symlinkSync(packages, join(directory, "node_modules"));
}
