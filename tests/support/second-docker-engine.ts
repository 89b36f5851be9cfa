import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dockerClient } from "../../adapters/docker/client";
import { toolchainDirectory } from "../../adapters/files/own-machine";

const SCRIPT = join(__dirname, "second-docker-engine.sh");

/** Nodes' disks are in there: overlay file systems, and more than a /tmp in memory has room for. */
const PARENT = "/var/tmp";

const START_SECONDS = 60;

/** A Docker Engine beside the machine's own, with no image on it. */
export interface SecondDockerEngine {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** Name of its bridge; its firewall rules carry it as a comment. */
  readonly name: string;
  /** Folder with all its data. */
  readonly state: string;
  /** Ends its daemon alone, with SIGKILL: its containers go on. */
  kill(): Promise<void>;
  /** Ends the daemon and all its containers at once, as when the machine loses its power. */
  cutPower(): Promise<void>;
  /** Starts the daemon again; resolves when it answers. */
  start(): Promise<void>;
  /** Ends it with all its containers, and removes everything that it made on this machine. */
  stop(): Promise<void>;
}

/** Another disk than this machine's, for one that is to run full: its size as tmpfs takes it, such as `4g`. */
export interface SecondDockerEngineOptions {
  readonly disk?: string;
}

/** Starts a Docker Engine that sees cgroup v2 only, on a cgroup v1 machine. It ends with this process at the latest. Needs root. */
export async function startSecondDockerEngine({
  disk = "",
}: SecondDockerEngineOptions = {}): Promise<SecondDockerEngine> {
  const name = `lab2-${randomBytes(4).toString("hex")}`;
  const state = mkdtempSync(join(PARENT, `${name}-`));
  const child = spawn("bash", [SCRIPT], {
    env: { ...process.env, LAB_ENGINE_STATE: state, LAB_ENGINE_NAME: name, LAB_ENGINE_DISK: disk },
    stdio: ["pipe", "ignore", "inherit"],
    // Ctrl-C is for the tests; the script learns of it when its input ends, and then cleans up.
    detached: true,
  });
  const ended = once(child, "close");
  const stop = async () => {
    child.stdin?.end();
    await ended;
    requireUnmounted(state);
    rmSync(state, { recursive: true, force: true });
  };
  const host = `unix://${state}/docker.sock`;
  const untilStarted = async () => {
    try {
      await untilItAnswers(host, () => child.exitCode !== null);
    } catch (error) {
      throw new Error(`The second Docker Engine did not start.\n${lastWords(state)}`, { cause: error });
    }
  };
  try {
    await untilStarted();
  } catch (error) {
    await stop();
    throw error;
  }
  const tell = (line: string) => child.stdin?.write(`${line}\n`);
  const end = async (how: string) => {
    tell(how);
    await untilItIsSilent(host);
  };
  return {
    host,
    name,
    state,
    kill: () => end("kill"),
    cutPower: () => end("cut-power"),
    start: () => {
      tell("start");
      return untilStarted();
    },
    stop,
  };
}

/** For XDG_CACHE_HOME: a cache without image archives, which are the usual Engine's; the toolchain takes minutes to build and is shared. */
export function cacheBeside({ state }: SecondDockerEngine): string {
  const toolchain = toolchainDirectory({ XDG_CACHE_HOME: join(state, "cache") });
  mkdirSync(dirname(toolchain), { recursive: true });
  const shared = toolchainDirectory(process.env);
  mkdirSync(shared, { recursive: true });
  symlinkSync(shared, toolchain);
  return join(state, "cache");
}

async function untilItIsSilent(host: string): Promise<void> {
  const docker = dockerClient(host);
  const answers = () =>
    docker.ping().then(
      () => true,
      () => false,
    );
  while (await answers()) {
    await sleep(100);
  }
}

async function untilItAnswers(host: string, hasEnded: () => boolean): Promise<void> {
  const docker = dockerClient(host);
  const deadline = Date.now() + START_SECONDS * 1000;
  for (;;) {
    try {
      await docker.ping();
      return;
    } catch (error) {
      if (hasEnded() || Date.now() > deadline) {
        throw error;
      }
      await sleep(200);
    }
  }
}

/** The end of its daemon's log. */
function lastWords(state: string): string {
  const log = join(state, "dockerd.log");
  return existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(-15).join("\n") : "";
}

/** Removing a folder with something mounted in it would remove that something. */
function requireUnmounted(folder: string): void {
  const mounted = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(` ${folder}/`));
  if (mounted.length > 0) {
    throw new Error(`Still mounted in ${folder}, which is left in place:\n${mounted.join("\n")}`);
  }
}
