import { spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { findOnPath } from "../../files/programs";
import { runOrThrow } from "../../files/run-program";

/** A daemon that we started and that outlives us. */
export interface Daemon {
  /** Its exit status once it has ended by itself. */
  ended(): string | undefined;
}

/** This machine, as far as installing and starting a Docker Engine changes it; tests put a fake in its place. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly isRoot: boolean;
  /** systemd is the init here, so services are its business. */
  readonly hasSystemd: boolean;
  findProgram(name: string): Promise<string | undefined>;
  /** Runs a program to its end; its lines go to `onLine`; rejects when it fails. */
  run(command: string, programArguments: readonly string[], onLine: (line: string) => void): Promise<void>;
  startDaemon(command: string, daemonArguments: readonly string[], logFile: string): Daemon;
  readText(file: string): Promise<string>;
  pause(milliseconds: number): Promise<void>;
}

/** The machine we run on. */
export function thisSystem(environment: NodeJS.ProcessEnv): System {
  return {
    platform: process.platform,
    isRoot: process.getuid?.() === 0,
    hasSystemd: existsSync("/run/systemd/system"),
    // Daemons are in sbin, which is not on everyone's PATH.
    findProgram: (name) => findOnPath(name, { PATH: `${environment["PATH"] ?? ""}:/usr/sbin:/sbin` }),
    run: (command, programArguments, onLine) => runToEnd(command, programArguments, environment, onLine),
    startDaemon: (command, daemonArguments, logFile) => startDetached(command, daemonArguments, logFile, environment),
    readText: (file) => readFile(file, "utf8"),
    pause: (milliseconds) => sleep(milliseconds),
  };
}

async function runToEnd(
  command: string,
  programArguments: readonly string[],
  environment: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
): Promise<void> {
  const quiet = { ...environment, DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_SUSPEND: "1" };
  await runOrThrow(command, programArguments, { environment: quiet, onLine, onOutputLine: onLine });
}

function startDetached(
  command: string,
  daemonArguments: readonly string[],
  logFile: string,
  environment: NodeJS.ProcessEnv,
): Daemon {
  const log = openSync(logFile, "a", 0o600);
  const child = spawn(command, daemonArguments, { detached: true, stdio: ["ignore", log, log], env: environment });
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
