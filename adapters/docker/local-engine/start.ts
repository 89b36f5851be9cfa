import { spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Reporter } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { findOnPath, runOrThrow } from "../../files/programs";
import { DEFAULT_DOCKER_HOST } from "../client";
import type { DockerEngine } from "../engine";

/** How a Docker Engine is started and where it is then found. */
export interface Start {
  readonly host: string;
  /** Arguments for dockerd where systemd does not run it. */
  readonly daemonArguments: readonly string[];
  readonly logFile: string;
  read(host: string): Promise<DockerEngine>;
}

const START_SECONDS = 60;
const POLL_MILLISECONDS = 250;

/** The start of this machine's own Docker Engine, on its default socket. */
export function defaultStart(read: Start["read"]): Start {
  return { host: DEFAULT_DOCKER_HOST, daemonArguments: [], logFile: "/var/log/lab-nodes-dockerd.log", read };
}

/** Starts the Docker Engine, through systemd where it runs, and waits until it answers. */
export async function startDockerEngine(start: Start, system: System, reporter: Reporter): Promise<DockerEngine> {
  if (system.hasSystemd) {
    return await reporter.task("starting the Docker Engine", async (update) => {
      await system.run("systemctl", ["start", "docker"], update);
      return await waitForAnswer(start, system, update);
    });
  }
  const command = (await system.findProgram("dockerd")) ?? "dockerd";
  return await reporter.task(`starting dockerd, log in ${start.logFile}`, async (update) => {
    const daemon = system.startDaemon(command, start.daemonArguments, start.logFile);
    return await waitForAnswer(start, system, update, daemon);
  });
}

async function waitForAnswer(
  start: Start,
  system: System,
  update: (detail: string) => void,
  daemon?: Daemon,
): Promise<DockerEngine> {
  const polls = (START_SECONDS * 1000) / POLL_MILLISECONDS;
  let last: unknown;
  for (let poll = 0; poll < polls && daemon?.ended() === undefined; poll += 1) {
    try {
      return await start.read(start.host);
    } catch (error) {
      last = error;
      update(`waiting for ${start.host}`);
      await system.pause(POLL_MILLISECONDS);
    }
  }
  const ending = daemon?.ended();
  const what = ending === undefined ? `did not answer in ${START_SECONDS} s` : `ended at once (${ending})`;
  throw new LabError(`The Docker Engine was started but ${what}.\n${await lastLines(start, system, daemon)}`, {
    hint: daemon === undefined ? "See: systemctl status docker; journalctl -u docker" : `See ${start.logFile}`,
    cause: last,
  });
}

async function lastLines(start: Start, system: System, daemon: Daemon | undefined): Promise<string> {
  if (daemon === undefined) {
    return "";
  }
  try {
    return (await system.readText(start.logFile)).trimEnd().split("\n").slice(-10).join("\n");
  } catch {
    return "";
  }
}

/** A daemon that we started and that outlives us. */
interface Daemon {
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
