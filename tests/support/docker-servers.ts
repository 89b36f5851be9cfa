import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { dockerClient } from "../../adapters/docker/client";
import { freePort } from "../../adapters/files/own-machine";
import { answersSsh } from "../../adapters/ssh/options";
import { startSecondDockerEngine } from "./second-docker-engine";

const OPENSSH_SERVER = join(__dirname, "openssh-server.sh");
const SSH_SERVER = join(__dirname, "ssh-server.sh");

/** A Docker Engine of its own behind an SSH server of its own: all that a class needs of a server. */
export interface DockerServer {
  /** For docker.hosts. */
  readonly address: string;
  /** Its Engine, reached without SSH. */
  readonly docker: Docker;
  /** Ends its SSH server, with all sessions: from here it is as good as dead. Its Engine goes on. */
  die(): Promise<void>;
  /** Starts its SSH server again, at the same port. */
  revive(): Promise<void>;
}

/** Servers, and how this machine's operator reaches them. */
export interface DockerServers {
  readonly servers: readonly DockerServer[];
  /** First on PATH: an `ssh` with the operator's settings for these servers, in place of those of whoever runs the tests. */
  readonly path: string;
  stop(): Promise<void>;
}

/** Starts servers on this machine, by an sshd that apt installs where it is missing. Needs root. They end with this process at the latest. */
export async function startDockerServers(count: number): Promise<DockerServers> {
  execFileSync("bash", [OPENSSH_SERVER], { stdio: ["ignore", "ignore", "inherit"] });
  const folder = mkdtempSync(join(tmpdir(), "lab-servers-"));
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map((each) => each()));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    makeOperator(folder);
    const servers: DockerServer[] = [];
    // One after the other: each looks for a network that is free.
    for (let number = 0; number < count; number++) {
      const engine = await startSecondDockerEngine();
      stops.push(engine.stop);
      const ssh = await prepareSshServer(folder, engine.host);
      let running = await ssh.start();
      stops.unshift(() => running.stop());
      servers.push({
        address: `ssh://root@127.0.0.1:${ssh.port}`,
        docker: dockerClient(engine.host),
        die: () => running.stop(),
        revive: async () => {
          running = await ssh.start();
        },
      });
    }
    return { servers, path: join(folder, "bin"), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The operator's key and ssh settings, and the command that brings them along. */
function makeOperator(folder: string): void {
  makeKey(join(folder, "operator"));
  writeFileSync(join(folder, "known_hosts"), "");
  const settings = [
    "Host *",
    `  IdentityFile ${join(folder, "operator")}`,
    "  IdentitiesOnly yes",
    `  UserKnownHostsFile ${join(folder, "known_hosts")}`,
  ];
  writeFileSync(join(folder, "config"), `${settings.join("\n")}\n`);
  mkdirSync(join(folder, "bin"));
  // Whoever says -F again, as for nodes, means it: the last one counts.
  const real = execFileSync("which", ["ssh"], { encoding: "utf8" }).trim();
  writeFileSync(join(folder, "bin", "ssh"), `#!/bin/sh\nexec ${real} -F ${join(folder, "config")} "$@"\n`);
  chmodSync(join(folder, "bin", "ssh"), 0o755);
}

async function prepareSshServer(folder: string, dockerHost: string) {
  const port = await freePort();
  const hostKey = join(folder, `host-${port}`);
  makeKey(hostKey);
  const publicKey = readFileSync(`${hostKey}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
  writeFileSync(join(folder, "known_hosts"), `[127.0.0.1]:${port} ${publicKey}\n`, { flag: "a" });
  const settings = [
    "ListenAddress 127.0.0.1",
    `Port ${port}`,
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${join(folder, "operator.pub")}`,
    "PidFile none",
    "StrictModes no",
    "UsePAM no",
    "PasswordAuthentication no",
    "PermitRootLogin yes",
    `SetEnv DOCKER_HOST=${dockerHost}`,
  ];
  const config = join(folder, `sshd-${port}`);
  writeFileSync(config, `${settings.join("\n")}\n`);
  return { port, start: () => startSshServer(port, config, join(folder, `sshd-${port}.log`)) };
}

async function startSshServer(port: number, config: string, log: string) {
  const child = spawn("bash", [SSH_SERVER], {
    env: { ...process.env, LAB_SSHD_CONFIG: config, LAB_SSHD_LOG: log },
    stdio: ["pipe", "ignore", "inherit"],
    detached: true,
  });
  const ended = once(child, "close");
  const stop = async () => {
    child.stdin?.end();
    await ended;
  };
  for (const deadline = Date.now() + 20_000; !(await answersSsh({ host: "127.0.0.1", port })); await sleep(100)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The SSH server did not start.\n${readFileSync(log, "utf8")}`);
    }
  }
  return { stop };
}

function makeKey(file: string): void {
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file]);
}
