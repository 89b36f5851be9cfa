import { spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Reporter } from "../../core/command-context";
import { LabError } from "../../core/errors";
import { findOnPath, runOrThrow } from "./programs";

/** A started daemon, which outlives this process. */
export interface Daemon {
  /** Its exit status once it has ended by itself. */
  ended(): string | undefined;
}

/** This machine, as far as installing and starting programs changes it; tests replace it with a fake. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  /** Whether systemd starts services here. */
  readonly hasSystemd: boolean;
  findProgram(name: string): Promise<string | undefined>;
  /** Runs a program to its end; its lines go to `onLine`; rejects when it fails. */
  run(command: string, programArguments: readonly string[], onLine: (line: string) => void): Promise<void>;
  startDaemon(command: string, logFile: string): Daemon;
  readText(file: string): Promise<string>;
  pause(milliseconds: number): Promise<void>;
}

/** The machine that this process runs on. */
export function thisSystem(environment: NodeJS.ProcessEnv): System {
  const unattended = { ...environment, DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" };
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    hasSystemd: existsSync("/run/systemd/system"),
    // Daemons are in sbin, which is not on everyone's PATH.
    findProgram: (name) => findOnPath(name, { PATH: `${environment["PATH"] ?? ""}:/usr/sbin:/sbin` }),
    run: async (command, programArguments, onLine) => {
      await runOrThrow(command, programArguments, { environment: unattended, onLine, onOutputLine: onLine });
    },
    startDaemon: (command, logFile) => startDetached(command, logFile, environment),
    readText: (file) => readFile(file, "utf8"),
    pause: (milliseconds) => sleep(milliseconds),
  };
}

function startDetached(command: string, logFile: string, environment: NodeJS.ProcessEnv): Daemon {
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(command, { detached: true, stdio: ["ignore", log, log], env: environment });
  let ending: string | undefined;
  child.once("exit", (code, signal) => {
    ending = signal ?? `exit status ${code}`;
  });
  child.once("error", (error) => {
    ending = error.message;
  });
  child.unref();
  return { ended: () => ending };
}

/** A program that is missing, and the package of Debian and Ubuntu that has it. */
export interface MissingProgram {
  /** What is missing, as a clause: "no Docker Engine is installed". */
  readonly finding: string;
  readonly package: string;
  /** The remedy on other systems. */
  readonly elsewhere: string;
}

/** Installs a package, as root on Debian and Ubuntu; in every other case the error names the remedy. */
export async function installPackage(missing: MissingProgram, system: System, reporter: Reporter): Promise<void> {
  const { finding, package: name, elsewhere } = missing;
  const sentence = `${finding.charAt(0).toUpperCase()}${finding.slice(1)}`;
  if ((await system.findProgram("apt-get")) === undefined) {
    throw new LabError(`${sentence}, and lab can install one on Debian and Ubuntu only.`, {
      exitCode: 2,
      hint: elsewhere,
    });
  }
  if (!system.isRoot) {
    throw needsRoot(`${sentence}.`, `sudo apt-get update && sudo apt-get install -y ${name}`);
  }
  reporter.info(`${finding}; installing ${name} with apt-get`);
  await reporter.task(`installing ${name}`, async (update) => {
    await system.run("apt-get", ["update"], update);
    await system.run("apt-get", ["install", "--yes", name], update);
  });
}

/** The error for what only root can change, with the command to run. */
export function needsRoot(message: string, command: string): LabError {
  return new LabError(`${message} Changing that needs root.`, { exitCode: 2, hint: command });
}

/**
 * Ensures a Python that can create virtual environments: the AWS emulator of the tests runs in one. Debian and Ubuntu
 * have a Python without the modules for them.
 */
export async function ensurePythonEnvironments(system: System, reporter: Reporter): Promise<void> {
  try {
    await system.run("python3", ["-c", "import ensurepip, venv"], () => {});
  } catch {
    const missing = {
      finding: "no Python that creates virtual environments is installed",
      package: "python3-venv",
      elsewhere: "Install Python 3.11 or newer with its venv module, as python3 on PATH, and run the command again",
    };
    await installPackage(missing, system, reporter);
  }
}
