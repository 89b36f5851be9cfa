import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type Docker from "dockerode";
import { execa } from "execa";
import { onTestFinished } from "vitest";
import { DEFAULT_DOCKER_HOST, dockerClient } from "../../adapters/docker/client";
import { isPortFree } from "../../adapters/docker/engine";
import { ofStack } from "../../core/resource-names";
import { removeMatching } from "./docker-leftovers";

const REPOSITORY = resolve(__dirname, "../..");

/** What a command of a test came to. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A copy of this working tree in a temporary folder, with a lab of its own: own stack, own ports, own state. */
export interface LabClone {
  readonly directory: string;
  readonly stack: string;
  /** First of a block of free SSH ports. */
  readonly sshPort: number;
  /** Environment of its commands; tests may add to it. */
  readonly environment: Record<string, string>;
  /** The Docker Engine that its nodes run on. */
  readonly docker: Docker;
  /** Runs `./lab WORDS` and does not throw when it fails. */
  lab(...words: string[]): Promise<CommandResult>;
  /** Runs plain `pulumi WORDS` with what `./lab env` prints. */
  pulumi(...words: string[]): Promise<CommandResult>;
  /** Takes away the folder and whatever the lab has on the Docker Engine. */
  remove(): Promise<void>;
}

export interface LabCloneOptions {
  /** Another Docker Engine than the usual one. */
  readonly dockerHost?: string;
}

/** Makes a clone for the running test. Whatever it made on the Docker Engine goes when the test is over, passed or not. */
export async function cloneLab(options: LabCloneOptions = {}): Promise<LabClone> {
  const clone = await makeLabClone(options);
  onTestFinished(clone.remove, 120_000);
  return clone;
}

/** Makes a clone that several tests share, since a lab takes half a minute to make: for `beforeAll`, with `remove` in `afterAll`. */
export async function makeLabClone(options: LabCloneOptions = {}): Promise<LabClone> {
  requireSharedPackages();
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "lab-test-")));
  const stack = `test-${randomBytes(4).toString("hex")}`;
  copyWorkingTree(directory);
  makeBakesItsOwn(directory, stack);
  const environment = {
    ...ownEnvironment(),
    PULUMI_STACK: stack,
    NO_COLOR: "1",
    ...(options.dockerHost === undefined ? {} : { DOCKER_HOST: options.dockerHost }),
  };
  const docker = dockerClient(environment["DOCKER_HOST"] ?? DEFAULT_DOCKER_HOST);
  const run = (file: string, words: readonly string[], extra: Record<string, string>) =>
    runCommand(file, words, directory, { ...environment, ...extra });
  return {
    directory,
    stack,
    sshPort: await freePortBlock(),
    environment,
    docker,
    lab: (...words) => run(join(directory, "lab"), words, {}),
    pulumi: async (...words) => {
      const exports = JSON.parse((await run(join(directory, "lab"), ["env", "--json"], {})).stdout) as Record<
        string,
        string
      >;
      return run("pulumi", [...words, "--non-interactive"], exports);
    },
    remove: async () => {
      await removeMatching(docker, ofStack(stack));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** In a clone with another lock file, `./lab` would install packages anew, into the folder that all clones share. */
function requireSharedPackages(): void {
  const [wanted, installed] = ["package-lock.json", "node_modules/.lab-package-lock.json"].map((file) =>
    existsSync(join(REPOSITORY, file)) ? readFileSync(join(REPOSITORY, file), "utf8") : "",
  );
  if (wanted !== installed) {
    throw new Error("node_modules was not installed from this package-lock.json; run ./lab once, then the tests again");
  }
}

/** Files as git would commit them, so that what is tested is what is cloned; npm packages are shared. */
function copyWorkingTree(directory: string): void {
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const files = execFileSync("git", list, { cwd: REPOSITORY, encoding: "utf8" }).split("\0").filter(Boolean);
  for (const file of files.filter((name) => existsSync(join(REPOSITORY, name)))) {
    mkdirSync(join(directory, dirname(file)), { recursive: true });
    cpSync(join(REPOSITORY, file), join(directory, file), { force: true });
  }
  symlinkSync(join(REPOSITORY, "node_modules"), join(directory, "node_modules"));
}

/** No bake that this machine has fits the clone, and its own fits no other: else nodes were ready too soon, and `lab bake` made nothing. */
function makeBakesItsOwn(directory: string, stack: string): void {
  const input = "components/machines/bake/files/lab-nodes-docker-state.service";
  appendFileSync(join(directory, input), `# ${stack}\n`);
}

async function runCommand(
  file: string,
  words: readonly string[],
  directory: string,
  environment: Record<string, string>,
): Promise<CommandResult> {
  const result = await execa(file, words, {
    cwd: directory,
    env: environment,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  return { exitCode: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr };
}

/** A port with some room above it. Taken at random, so that test files of several runs seldom meet. */
export async function freePortBlock(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 1000) * 10;
    const ports = Array.from({ length: 5 }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isPortFree))).every(Boolean)) {
      return first;
    }
  }
}

/** This process's environment, without what would lead a clone to another stack, state or engine home. */
function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || name.startsWith("PULUMI_") ? [] : [[name, value]],
    ),
  );
}
