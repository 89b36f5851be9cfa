import type { Reporter } from "../../core/command-context";
import { LabError, messageOf, UnusableEngineError } from "../../core/errors";
import { type Daemon, installPackage, needsRoot, type System, thisSystem } from "../files/system";
import { socketPath } from "./client";
import { type DockerEngine, readDockerEngine } from "./engine";

export interface DockerEngineOptions {
  /** Address of the Engine, as `dockerHost` gives it. */
  readonly host: string;
  readonly reporter: Reporter;
  readonly environment: NodeJS.ProcessEnv;
}

type ReadEngine = (host: string) => Promise<DockerEngine>;

/** The Engine that is started, and how. */
interface EngineStart {
  readonly host: string;
  readonly read: ReadEngine;
  readonly system: System;
}

/** Sockets of the machine's own Docker Engine, the only one that is started here. */
const SYSTEM_SOCKETS: readonly (string | undefined)[] = ["/var/run/docker.sock", "/run/docker.sock"];

const LOG_FILE = "/var/log/lab-nodes-dockerd.log";
const START_SECONDS = 60;
const POLL_MILLISECONDS = 250;

/**
 * A Docker Engine that answers. Where this machine's own does not, and this process is root's, it is installed (Debian,
 * Ubuntu) and started; in every other case the error names the remedy.
 */
export async function ensureDockerEngine(
  { host, environment, reporter }: DockerEngineOptions,
  system: System = thisSystem(environment),
  read: ReadEngine = (address) => readDockerEngine(address, environment),
): Promise<DockerEngine> {
  try {
    return await read(host);
  } catch (error) {
    const advice = adviceFor(error, host, system);
    if (advice !== undefined) {
      throw advice;
    }
    await installIfMissing(system, reporter);
    return await startDockerEngine({ host, read, system }, reporter);
  }
}

/** The error for an Engine that cannot be used; undefined if it is this machine's own and may be started here. */
export function adviceFor(error: unknown, host: string, system: System): LabError | undefined {
  if (error instanceof UnusableEngineError) {
    return new LabError(error.message, {
      exitCode: 2,
      hint: "Name another one with DOCKER_HOST, or unset it to use this machine's own Engine.",
    });
  }
  const reason = unreachableReason(error);
  const detail = messageOf(error);
  if (reason === "permission denied") {
    return new LabError(`You may not use the Docker Engine at ${host} (${detail}).`, {
      exitCode: 2,
      hint: 'sudo usermod -aG docker "$USER", then log out and in again',
      cause: error,
    });
  }
  const silent = `The Docker Engine at ${host} does not answer (${detail}).`;
  if (reason === "no valid answer") {
    return new LabError(silent, { hint: "Check DOCKER_HOST, `docker context ls` and `docker version`", cause: error });
  }
  if (system.platform === "darwin") {
    return new LabError(silent, { exitCode: 2, hint: "Start Docker Desktop: open -a Docker", cause: error });
  }
  if (!SYSTEM_SOCKETS.includes(socketPath(host))) {
    const hint = "lab starts only this machine's own Engine. Start that one, or unset DOCKER_HOST";
    return new LabError(silent, { exitCode: 2, hint, cause: error });
  }
  return undefined;
}

/** Why a Docker Engine did not answer. */
export type Unreachable = "permission denied" | "not running" | "no valid answer";

/** Sorts an error of the Docker client. */
export function unreachableReason(error: unknown): Unreachable {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission denied";
    // No socket, or a socket that outlived its daemon.
    case "ENOENT":
    case "ECONNREFUSED":
      return "not running";
    default:
      return "no valid answer";
  }
}

async function installIfMissing(system: System, reporter: Reporter): Promise<void> {
  if ((await system.findProgram("dockerd")) === undefined) {
    const missing = {
      finding: "no Docker Engine is installed",
      package: "docker.io",
      elsewhere: "Install Docker Engine 20.10 or newer, start it, and run the same command again",
    };
    await installPackage(missing, system, reporter);
  } else if (!system.isRoot) {
    throw needsRoot("The Docker Engine is installed but does not run.", startCommand(system));
  }
}

/** The command that starts this machine's Engine, for users other than root. */
export function startCommand({ hasSystemd }: System): string {
  return hasSystemd ? "sudo systemctl start docker" : "sudo sh -c 'nohup dockerd >/var/log/dockerd.log 2>&1 &'";
}

/** Starts this machine's Docker Engine, through systemd where it runs, and waits until it answers. */
async function startDockerEngine(start: EngineStart, reporter: Reporter): Promise<DockerEngine> {
  const { system } = start;
  if (system.hasSystemd) {
    return await reporter.task("starting the Docker Engine", async (update) => {
      await system.run("systemctl", ["start", "docker"], update);
      return await waitForAnswer(start, update);
    });
  }
  const command = (await system.findProgram("dockerd")) ?? "dockerd";
  return await reporter.task(`starting dockerd, log in ${LOG_FILE}`, (update) =>
    waitForAnswer(start, update, system.startDaemon(command, LOG_FILE)),
  );
}

/** Without a `daemon`, systemd runs the Engine. */
async function waitForAnswer(
  { host, read, system }: EngineStart,
  update: (detail: string) => void,
  daemon?: Daemon,
): Promise<DockerEngine> {
  const polls = (START_SECONDS * 1000) / POLL_MILLISECONDS;
  let last: unknown;
  for (let poll = 0; poll < polls && daemon?.ended() === undefined; poll += 1) {
    try {
      return await read(host);
    } catch (error) {
      last = error;
      update(`waiting for ${host}`);
      await system.pause(POLL_MILLISECONDS);
    }
  }
  const ending = daemon?.ended();
  const outcome = ending === undefined ? `gave no answer within ${START_SECONDS} s` : `ended immediately (${ending})`;
  const log = daemon === undefined ? "" : await system.readText(LOG_FILE).catch(() => "");
  const tail = log.trimEnd().split("\n").slice(-10).join("\n");
  throw new LabError(`The Docker Engine was started but ${outcome}.\n${tail}`, {
    hint: daemon === undefined ? "See: systemctl status docker; journalctl -u docker" : `See ${LOG_FILE}`,
    cause: last,
  });
}
