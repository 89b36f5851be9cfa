import { LabError } from "../../../core/errors";
import type { Reporter } from "../../../core/reporter";
import type { DockerEngine } from "../engine";
import { DEFAULT_DOCKER_HOST } from "../host";
import type { Daemon, System } from "./system";

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
