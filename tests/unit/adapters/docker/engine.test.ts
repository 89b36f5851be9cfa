import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dockerHost } from "../../../../adapters/docker/client";
import { type DockerEngine, parseInfo, readDockerEngine } from "../../../../adapters/docker/engine";
import { ensureDockerEngine, unreachableReason } from "../../../../adapters/docker/local-engine";
import type { System } from "../../../../adapters/files/system";
import { UnusableEngineError } from "../../../../core/errors";
import { RecordingReporter } from "../pulumi/find-engine-support";

const HOST = "unix:///var/run/docker.sock";
const INFO: DockerEngine = {
  host: HOST,
  serverVersion: "20.10.24",
  cgroupVersion: 1,
  platform: "linux/amd64",
  rootDirectory: "/var/lib/docker",
  kernelVersion: "6.1.0",
  memoryBytes: 8e9,
  cores: 2,
};

let folder: string;
let reporter: RecordingReporter;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "docker-engine-"));
  reporter = new RecordingReporter();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("dockerHost", () => {
  const choose = (context: string) => {
    mkdirSync(join(folder, ".docker"));
    writeFileSync(join(folder, ".docker/config.json"), JSON.stringify({ currentContext: context }));
    writeFileSync(join(folder, "docker"), '#!/bin/sh\necho "unix:///run/$6.sock"\n');
    chmodSync(join(folder, "docker"), 0o755);
  };
  const environment = (more: Record<string, string> = {}) => ({ HOME: folder, PATH: `${folder}:/bin`, ...more });

  it("is the default socket when nothing is said", async () => {
    expect(await dockerHost(environment())).toBe(HOST);
  });

  it("is the chosen context's endpoint", async () => {
    choose("colima");
    expect(await dockerHost(environment())).toBe("unix:///run/colima.sock");
    expect(await dockerHost(environment({ DOCKER_CONTEXT: "other" }))).toBe("unix:///run/other.sock");
    expect(await dockerHost(environment({ DOCKER_CONTEXT: "default" }))).toBe(HOST);
  });

  it.each([
    ["fails", "exit 1"],
    ["is ended by a signal, as at the time limit", "kill -TERM $$"],
  ])("takes nothing from a docker client that %s", async (_, end) => {
    choose("colima");
    writeFileSync(join(folder, "docker"), `#!/bin/sh\necho unix:///run/half.sock\n${end}\n`);
    expect(await dockerHost(environment())).toBe(HOST);
  });

  it("is DOCKER_HOST before all else", async () => {
    choose("colima");
    expect(await dockerHost(environment({ DOCKER_HOST: "tcp://10.0.0.1:2375" }))).toBe("tcp://10.0.0.1:2375");
  });
});

describe("reading an Engine", () => {
  const answer = {
    ID: "ABCD",
    Name: "server1",
    ServerVersion: "28.1.0",
    CgroupVersion: "2",
    OSType: "linux",
    Architecture: "aarch64",
    DockerRootDir: "/data",
    KernelVersion: "6.1.0",
    MemTotal: 16e9,
    NCPU: 4,
  };
  let server: Server | undefined;

  afterEach(() => {
    server?.close();
  });

  it("takes what nodes depend on", () => {
    expect(parseInfo(HOST, answer)).toEqual({
      host: HOST,
      identity: "ABCD server1 /data",
      serverVersion: "28.1.0",
      cgroupVersion: 2,
      platform: "linux/arm64",
      rootDirectory: "/data",
      kernelVersion: "6.1.0",
      memoryBytes: 16e9,
      cores: 4,
    });
  });

  it("knows one with userns-remap by its security options, and what makes its cgroups", () => {
    const told = { ...answer, CgroupDriver: "systemd", SecurityOptions: ["name=seccomp,profile=default"] };
    expect(parseInfo(HOST, told)).not.toHaveProperty("remapped");
    expect(parseInfo(HOST, { ...told, SecurityOptions: null })).not.toHaveProperty("remapped");
    expect(parseInfo(HOST, { ...told, SecurityOptions: [...told.SecurityOptions, "name=userns"] })).toMatchObject({
      remapped: { cgroupDriver: "systemd" },
    });
  });

  it.each([{ OSType: "windows" }, { Architecture: "s390x" }])("refuses an Engine with %j", (change) => {
    expect(() => parseInfo(HOST, { ...answer, ...change })).toThrow(UnusableEngineError);
  });

  it("asks over the socket", async () => {
    const body = JSON.stringify({ ...answer, Version: "28.1.0", ApiVersion: "1.49" });
    server = createServer((socket) => {
      socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    }).listen(join(folder, "docker.sock"));
    await expect(readDockerEngine(`unix://${folder}/docker.sock`)).resolves.toMatchObject({ rootDirectory: "/data" });
  });

  it("tells a missing socket and one that outlived its daemon from all else", async () => {
    const missing = await readDockerEngine(`unix://${folder}/none.sock`).catch((error: unknown) => error);
    expect(unreachableReason(missing)).toBe("not running");
    expect(unreachableReason(Object.assign(new Error(), { code: "ECONNREFUSED" }))).toBe("not running");
    expect(unreachableReason(Object.assign(new Error(), { code: "EACCES" }))).toBe("permission denied");
    expect(unreachableReason(new Error("no answer within 5 s"))).toBe("no valid answer");
  });

  it("refuses an address that is none", async () => {
    await expect(readDockerEngine("localhost:2375")).rejects.toThrow(UnusableEngineError);
    const ensured = ensureDockerEngine({ host: "localhost:2375", reporter: new RecordingReporter(), environment: {} });
    await expect(ensured).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining("tcp://HOST:PORT") });
  });
});

/** A machine on which `answersAfter` reads of the Engine fail before it answers. */
class FakeSystem implements System {
  readonly calls: string[] = [];
  platform: NodeJS.Platform = "linux";
  isRoot = true;
  hasSystemd = false;
  programs = ["apt-get", "dockerd"];
  failure: unknown = Object.assign(new Error("connect ENOENT"), { code: "ENOENT" });
  starts = true;
  log = "";
  reads = 0;
  /** The only address at which the Engine listens. */
  host = HOST;
  private up = false;

  findProgram = async (name: string) => (this.programs.includes(name) ? `/usr/sbin/${name}` : undefined);

  run = async (command: string, programArguments: readonly string[]) => {
    this.calls.push([command, ...programArguments].join(" "));
    if (programArguments.includes("docker.io")) {
      this.programs.push("dockerd");
    }
    this.up = this.starts && command === "systemctl";
  };

  startDaemon = (command: string) => {
    this.calls.push(command);
    this.up = this.starts;
    return { ended: () => (this.starts ? undefined : "exit status 1") };
  };

  readText = async () => this.log;

  pause = async () => {};

  read = async (host: string) => {
    this.reads += 1;
    if (!this.up || host !== this.host) {
      throw this.failure;
    }
    return INFO;
  };
}

describe("ensureDockerEngine", () => {
  let system: FakeSystem;
  const ensure = (host = HOST) => ensureDockerEngine({ host, reporter, environment: {} }, system, system.read);

  beforeEach(() => {
    system = new FakeSystem();
  });

  it("changes nothing when the Engine answers", async () => {
    system.startDaemon("");
    system.calls.length = 0;
    expect(await ensure()).toBe(INFO);
    expect(system.calls).toEqual([]);
  });

  it("starts an installed one manually without systemd", async () => {
    expect(await ensure()).toBe(INFO);
    expect(system.calls).toEqual(["/usr/sbin/dockerd"]);
  });

  it("waits for a started one at the address that it was asked for", async () => {
    system.host = "unix:///run/docker.sock";
    expect(await ensure(system.host)).toBe(INFO);
  });

  it("installs and starts a missing one", async () => {
    system.programs = ["apt-get"];
    system.hasSystemd = true;
    expect(await ensure()).toBe(INFO);
    expect(system.calls).toEqual(["apt-get update", "apt-get install --yes docker.io", "systemctl start docker"]);
  });

  it("shows the log's end when dockerd does not stay", async () => {
    system.starts = false;
    system.log = "failed to start daemon: no iptables\n";
    await expect(ensure()).rejects.toMatchObject({
      message:
        "The Docker Engine was started but ended immediately (exit status 1).\nfailed to start daemon: no iptables",
      hint: "See /var/log/lab-nodes-dockerd.log",
    });
    // Not after a minute of waiting for what is no more.
    expect(system.reads).toBe(1);
  });

  it("gives up on a started one that never answers", async () => {
    system.hasSystemd = true;
    system.starts = false;
    await expect(ensure()).rejects.toMatchObject({ message: expect.stringContaining("gave no answer within 60 s") });
  });

  it.each<[string, (box: FakeSystem) => void, string]>([
    [
      "a user outside the group docker",
      (box) => Object.assign(box, { failure: Object.assign(new Error("x"), { code: "EACCES" }) }),
      'sudo usermod -aG docker "$USER", then log out and in again',
    ],
    [
      "a user on a machine with it installed",
      (box) => Object.assign(box, { isRoot: false, hasSystemd: true }),
      "sudo systemctl start docker",
    ],
    [
      "a user on a machine without it",
      (box) => Object.assign(box, { isRoot: false, programs: ["apt-get"] }),
      "sudo apt-get update && sudo apt-get install -y docker.io",
    ],
    [
      "another distribution",
      (box) => Object.assign(box, { programs: [] }),
      "Install Docker Engine 20.10 or newer, start it, and run the same command again",
    ],
    ["macOS", (box) => Object.assign(box, { platform: "darwin" }), "Start Docker Desktop: open -a Docker"],
  ])("tells %s what to type, and touches nothing", async (_, change, hint) => {
    change(system);
    await expect(ensure()).rejects.toMatchObject({ exitCode: 2, hint });
    expect(system.calls).toEqual([]);
  });

  it.each(["tcp://10.0.0.1:2375", "ssh://me@far", "unix:///home/me/.docker/run/docker.sock"])(
    "never starts anything behind %s",
    async (host) => {
      await expect(ensure(host)).rejects.toMatchObject({ message: expect.stringContaining(host) });
      expect(system.calls).toEqual([]);
    },
  );

  it("does not start a second daemon beside one that hangs", async () => {
    system.failure = new Error("no answer within 5 s");
    await expect(ensure()).rejects.toMatchObject({ hint: expect.stringContaining("docker version") });
    expect(system.calls).toEqual([]);
  });
});
