import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { DockerEngine } from "../../../../adapters/docker/engine";
import { parseReport, readHostCapacity } from "../../../../adapters/docker/host-capacity";
import { freePort } from "../../../../adapters/files/own-machine";
import { UNKNOWN_CAPACITY } from "../../../../core/capacity";
import { temporaryFolder } from "../../cli/support";
import { engineDouble, SOME_ENGINE } from "./engine-double";

const PROC = {
  meminfo: "MemTotal:        8000000 kB\nMemFree:          100000 kB\nMemAvailable:    5000000 kB\n",
  loadavg: "0.10 0.20 0.30 2/850 4711\n",
  "sys/kernel/osrelease": "6.1.0-lab\n",
  "sys/kernel/pid_max": "32768\n",
  "sys/kernel/threads-max": "30000\n",
  "sys/fs/file-nr": "1350\t0\t2466177\n",
  "sys/fs/inotify/max_user_instances": "128\n",
  "sys/fs/inotify/max_user_watches": "8192\n",
  // Tests run as anybody: whose it is, is the file system's say.
  "1/fdinfo/3": "pos:\t0\nflags:\t02004000\ninotify wd:1 ino:9\ninotify wd:2 ino:10\n",
  "1/fdinfo/4": "pos:\t0\n",
};

const BRIDGE = { IPAM: { Config: [{ Subnet: "172.17.0.0/24" }] }, Containers: { c0ffee: {}, c0c0a: {} } };

function procFolder(files: Partial<typeof PROC> = PROC): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  mkdirSync(join(folder, "1/fd"), { recursive: true });
  symlinkSync("anon_inode:inotify", join(folder, "1/fd/3"));
  symlinkSync("/dev/null", join(folder, "1/fd/4"));
  return folder;
}

async function engineHere(answers: Record<string, unknown> = { "/networks/bridge": BRIDGE }): Promise<DockerEngine> {
  const { host } = await engineDouble(answers);
  return { ...SOME_ENGINE, host, kernelVersion: "6.1.0-lab", memoryBytes: 8_000_000 * 1024, rootDirectory: "/" };
}

describe("readHostCapacity", () => {
  test("reads what the kernel says where the Engine runs on it", async () => {
    const room = await readHostCapacity(await engineHere(), 0, procFolder());
    expect(room).toMatchObject({
      memory: { limit: 8_000_000 * 1024, used: 3_000_000 * 1024 },
      "open files": { limit: 2_466_177, used: 1350 },
      processes: { limit: 30_000, used: 850 },
      addresses: { limit: 253, used: 2 },
    });
    expect(room.disk?.limit).toBeGreaterThan(room.disk?.used ?? Number.NaN);
  });

  // The processes of the folder are ours: only root's count.
  test.runIf(process.getuid?.() === 0)("counts root's inotify instances and their watches", async () => {
    const room = await readHostCapacity(await engineHere(), 0, procFolder());
    expect(room["inotify instances"]).toEqual({ limit: 128, used: 1 });
    expect(room["inotify watches"]).toEqual({ limit: 8192, used: 2 });
  });

  test("takes no more addresses than a bridge has ports", async () => {
    const wide = { ...BRIDGE, IPAM: { Config: [{ Subnet: "fd00::/64" }, { Subnet: "172.17.0.0/16" }] } };
    const room = await readHostCapacity(await engineHere({ "/networks/bridge": wide }), 0, procFolder());
    expect(room.addresses).toEqual({ limit: 1023, used: 2 });
  });

  test.each([
    ["on another kernel", { kernelVersion: "5.15.0-linuxkit" }],
    ["with another amount of memory", { memoryBytes: 2e9 }],
  ])("sees nothing of an Engine %s, as Docker Desktop's is", async (_, change) => {
    const room = await readHostCapacity({ ...(await engineHere()), ...change }, 0, procFolder());
    expect(room).toEqual({ ...UNKNOWN_CAPACITY, addresses: { limit: 253, used: 2 } });
  });

  test("sees nothing of an Engine elsewhere, though its machine looks the same", async () => {
    const elsewhere = { ...(await engineHere()), host: `tcp://127.0.0.1:${await freePort()}` };
    expect(await readHostCapacity(elsewhere, 0, procFolder())).toEqual(UNKNOWN_CAPACITY);
  });

  test("leaves out what a kernel does not say, and no more", async () => {
    const { "sys/fs/file-nr": _, "sys/fs/inotify/max_user_watches": __, ...rest } = PROC;
    const room = await readHostCapacity(
      { ...(await engineHere({})), rootDirectory: "/no/such/folder" },
      0,
      procFolder(rest),
    );
    const unseen = Object.entries(room).flatMap(([resource, supply]) => (supply === undefined ? [resource] : []));
    expect(unseen).toEqual(["disk", "inotify watches", "open files", "addresses"]);
  });

  test("keeps what was read when the rest takes too long", async () => {
    const bin = temporaryFolder();
    writeFileSync(join(bin, "df"), "#!/bin/sh\nexec sleep 5\n");
    chmodSync(join(bin, "df"), 0o755);
    vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
    const room = await readHostCapacity(await engineHere(), 0, procFolder(), 500);
    expect(room).toEqual({
      ...UNKNOWN_CAPACITY,
      memory: { limit: 8_000_000 * 1024, used: 3_000_000 * 1024 },
      addresses: { limit: 253, used: 2 },
    });
  });

  test.each(["sys/kernel/pid_max", "sys/kernel/threads-max"] as const)(
    "knows no limit of the processes without %s",
    async (missing) => {
      const { [missing]: _, ...rest } = PROC;
      expect((await readHostCapacity(await engineHere(), 0, procFolder(rest))).processes).toBeUndefined();
    },
  );

  test("reads a server's figures over SSH", async () => {
    const bin = temporaryFolder();
    // What ssh runs on the server, here with the kernel's figures of another folder.
    writeFileSync(
      join(bin, "ssh"),
      `#!/bin/sh\nwhile [ "$1" != sh ]; do shift; done\nexec sh -s -- ${procFolder()} "$5"\n`,
    );
    chmodSync(join(bin, "ssh"), 0o755);
    vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
    const engine = { ...(await engineHere()), host: "ssh://lab@server1" };
    const room = await readHostCapacity(engine, 0);
    expect(room).toMatchObject({
      memory: { limit: 8_000_000 * 1024, used: 3_000_000 * 1024 },
      processes: { limit: 30_000, used: 850 },
    });
    expect(room.disk?.limit).toBeGreaterThan(room.disk?.used ?? Number.NaN);
  });
});

describe("parseReport", () => {
  const report = "kernel 6.1.0\nmemory 1000 400\ndisk 5000 100\ninotify instances 128 \nopen files 9 \nnonsense 1 2";
  const engine = { kernelVersion: "6.1.0", memoryBytes: 1000 };

  test("assumes the nodes' own use of what only root can read", () => {
    expect(parseReport(report, engine, 2)).toEqual({
      memory: { limit: 1000, used: 400 },
      disk: { limit: 5000, used: 100 },
      "inotify instances": { limit: 128, used: 12 },
    });
  });

  test("assumes no less than the nodes' own use where some of root's processes could not be read", () => {
    const low = "kernel 6.1.0\nmemory 1000 400\ninotify instances 128 1\ninotify watches 8192 8000";
    expect(parseReport(low, engine, 2)).toMatchObject({
      "inotify instances": { limit: 128, used: 12 },
      "inotify watches": { limit: 8192, used: 8000 },
    });
  });

  test("takes nothing from another kernel, another amount of memory, or no report", () => {
    expect(parseReport(report, { ...engine, kernelVersion: "5.15.0" }, 2)).toEqual({});
    expect(parseReport(report, { ...engine, memoryBytes: 2000 }, 2)).toEqual({});
    expect(parseReport("", engine, 2)).toEqual({});
  });
});
