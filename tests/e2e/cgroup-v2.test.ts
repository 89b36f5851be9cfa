import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dockerClient } from "../../adapters/docker/client";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { cacheBeside, type SecondDockerEngine, startSecondDockerEngine } from "../support/second-docker-engine";
import { DOCKER_HOST, dockerResources } from "./leftovers";

/** Prints every firewall rule; of the iptables package, as Docker Engines need it. */
const LIST_RULES = "iptables-save";

let lab: LabClone;
let second: SecondDockerEngine | undefined;
let host: string;

/** The recipe for cgroup v2, which is what most people's machines have. Each test goes on where the one before it ended. */
describe("a lab on a Docker Engine that has cgroup v2", () => {
  beforeAll(async () => {
    const usual: unknown = await dockerClient(DOCKER_HOST).info();
    if (cgroupVersionIn(usual) === "2") {
      console.log("This machine's own Docker Engine has cgroup v2: no second one is started.");
      host = DOCKER_HOST;
    } else {
      second = await startSecondDockerEngine();
      host = second.host;
      expect(tracesOf(second).length, "processes, bridge, rules, folder").toBeGreaterThan(4);
    }
    lab = await makeLabClone({ dockerHost: host });
    if (second !== undefined) {
      lab.environment["XDG_CACHE_HOME"] = cacheBeside(second);
    }
  });
  afterAll(async () => {
    try {
      await lab?.remove();
    } finally {
      await second?.stop();
    }
    expect(second === undefined ? [] : tracesOf(second)).toEqual([]);
  });

  it("up: makes the base image and the lab there by itself", async () => {
    expect(cgroupVersionIn(await dockerClient(host).info())).toBe("2");
    const { exitCode, stdout, stderr } = await lab.lab("up", "--ssh-port", String(lab.sshPort));
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^ {2}seat01 +ready /m);
    expect(await dockerResources(lab.stack, host)).toContain(`container /lab-${lab.stack}-node1`);
  });

  it("the node has a cgroup namespace of its own, and systemd is content in it", async () => {
    const node = await dockerClient(host).getContainer(`lab-${lab.stack}-node1`).inspect();
    expect(node.HostConfig).toMatchObject({ CgroupnsMode: "private", Privileged: false });
    expect(node.HostConfig.Binds ?? []).not.toContainEqual(expect.stringContaining("/sys/fs/cgroup"));
    expect(await onNode("stat --file-system --format %T /sys/fs/cgroup")).toBe("cgroup2fs");
    expect(await onNode("grep ^0: /proc/1/cgroup")).toBe("0::/init.scope");
    expect(await onNode("systemctl is-system-running")).toBe("running");
  });

  it("the lesson's images run on it", async () => {
    expect(await onNode("docker info --format '{{.CgroupVersion}}'")).toBe("2");
    expect(await onNode("docker run --rm hello:v0.2")).toMatch(/^hello from [0-9a-f]{12}\nthis is v0\.2$/);
    expect(await onNode("docker run --rm figlet")).toContain("| '_ \\ / _ \\ | |/ _ \\");
  });

  it("up again changes nothing", async () => {
    const { exitCode, stdout, stderr } = await lab.lab("up", "--json");
    expect(exitCode, stderr).toBe(0);
    const { summary } = JSON.parse(stdout) as { summary: unknown };
    expect(summary).toMatchObject({ created: 0, changed: 0, replaced: 0, deleted: 0 });
  });

  it("down: nothing is left", async () => {
    const { exitCode, stderr } = await lab.lab("down");
    expect(exitCode, stderr).toBe(0);
    expect(await dockerResources(lab.stack, host)).toEqual([]);
  });
});

function cgroupVersionIn(info: unknown): unknown {
  return (info as { CgroupVersion?: unknown }).CgroupVersion ?? "1";
}

async function onNode(line: string): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.lab("ssh", line);
  expect(exitCode, `${line}: ${stdout}${stderr}`).toBe(0);
  return stdout.trim();
}

/** What this machine has of a second Engine: processes, mounts, bridge, firewall rules, folder. */
function tracesOf({ name, state }: SecondDockerEngine): string[] {
  const rules = execFileSync(LIST_RULES, { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(name));
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(state));
  return [
    ...rules,
    ...mounts,
    ...processesNaming(name),
    ...[`/sys/class/net/${name}`, state].filter((path) => existsSync(path)),
  ];
}

function processesNaming(name: string): string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((id) => {
      try {
        const command = readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
        return command.includes(name) ? [command] : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}
