import type { Reporter } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { installPackage, needsRoot } from "../../files/apt-package";
import { type Probe, probeHttps } from "../../files/network";
import { socketPath, UnusableEngineError } from "../client";
import { type DockerEngine, readDockerEngine } from "../engine";
import { defaultStart, type System, startDockerEngine, thisSystem } from "./start";

export interface DockerEngineOptions {
  /** Address of the Engine, as `dockerHost` gives it. */
  readonly host: string;
  readonly reporter: Reporter;
  readonly environment: NodeJS.ProcessEnv;
}

/** The sockets of a Docker Engine that belongs to the machine itself, the only ones we start a daemon behind. */
const SYSTEM_SOCKETS: readonly (string | undefined)[] = ["/var/run/docker.sock", "/run/docker.sock"];

/**
 * A Docker Engine that answers. Where this machine's own does not, and we are root, it is installed (Debian, Ubuntu) and
 * started; in every other case the error says what to type.
 */
export async function ensureDockerEngine(
  options: DockerEngineOptions,
  system: System = thisSystem(options.environment),
  read: (host: string) => Promise<DockerEngine> = (host) => readDockerEngine(host, options.environment),
): Promise<DockerEngine> {
  try {
    return await read(options.host);
  } catch (error) {
    const advice = adviceFor(error, options.host, system);
    if (advice !== undefined) {
      throw advice;
    }
    await installIfMissing(system, options.reporter);
    return await startDockerEngine({ ...defaultStart(read), host: options.host }, system, options.reporter);
  }
}

/** The error to end with, or nothing when the Engine is this machine's own and may be started here. */
export function adviceFor(error: unknown, host: string, system: System): LabError | undefined {
  if (error instanceof UnusableEngineError) {
    return new LabError(error.message, {
      exitCode: 2,
      hint: "Name another one with DOCKER_HOST, or unset it to use this machine's own Engine.",
    });
  }
  const reason = whyUnreachable(error);
  const detail = error instanceof Error ? error.message : String(error);
  if (reason === "permission denied") {
    return new LabError(`You may not use the Docker Engine at ${host} (${detail}).`, {
      exitCode: 2,
      hint: 'sudo usermod -aG docker "$USER", then log out and in again',
      cause: error,
    });
  }
  const silent = `The Docker Engine at ${host} does not answer (${detail}).`;
  if (reason === "no good answer") {
    return new LabError(silent, { hint: "Check DOCKER_HOST, `docker context ls` and `docker version`", cause: error });
  }
  if (system.platform === "darwin") {
    return new LabError(silent, { exitCode: 2, hint: "Start Docker Desktop: open -a Docker", cause: error });
  }
  if (!SYSTEM_SOCKETS.includes(socketPath(host))) {
    const hint = "Only this machine's own Engine is started by lab; start that one, or unset DOCKER_HOST";
    return new LabError(silent, { exitCode: 2, hint, cause: error });
  }
  return undefined;
}

async function installIfMissing(system: System, reporter: Reporter): Promise<void> {
  if ((await system.findProgram("dockerd")) !== undefined) {
    if (!system.isRoot) {
      throw needsRoot("The Docker Engine is installed but does not run.", startCommand(system));
    }
    return;
  }
  const missing = {
    finding: "no Docker Engine is installed",
    package: "docker.io",
    elsewhere: "Install Docker Engine 20.10 or newer, start it, and run the same command again",
  };
  await installPackage(missing, system, reporter);
}

/** What starts the Engine of this machine, when somebody else than root asks. */
export function startCommand(system: System): string {
  return system.hasSystemd ? "sudo systemctl start docker" : "sudo sh -c 'nohup dockerd >/var/log/dockerd.log 2>&1 &'";
}

const DOCKER_HUB = "https://registry-1.docker.io/v2/";

/** Whether Docker Hub answers, so that images may be pulled; says what it found. */
export async function registryReachable(
  reporter: Reporter,
  probe: (url: string) => Promise<Probe> = probeHttps,
): Promise<boolean> {
  const found = await probe(DOCKER_HUB);
  reporter.info(`Docker Hub: ${found.detail}`);
  return found.reachable;
}

/** Why a Docker Engine did not answer, as far as it decides what to do about it. */
export type Unreachable = "permission denied" | "not running" | "no good answer";

/** Sorts an error of the Docker client. */
export function whyUnreachable(error: unknown): Unreachable {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EACCES":
    case "EPERM":
      return "permission denied";
    // No socket; or a socket that outlived its daemon.
    case "ENOENT":
    case "ECONNREFUSED":
      return "not running";
    default:
      return "no good answer";
  }
}
