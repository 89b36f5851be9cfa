import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { DockerEngine } from "../../../../adapters/docker/engine";
import { readRoom } from "../../../../adapters/docker/room";
import { freePort } from "../../../../adapters/files/own-machine";
import { UNSEEN_ROOM } from "../../../../core/capacity";
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

describe("readRoom", () => {
  test("reads what the kernel says where the Engine runs on it", async () => {
    const room = await readRoom(await engineHere(), 0, procFolder());
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
    const room = await readRoom(await engineHere(), 5, procFolder());
    expect(room["inotify instances"]).toEqual({ limit: 128, used: 1 });
    expect(room["inotify watches"]).toEqual({ limit: 8192, used: 2 });
  });

  test("takes no more addresses than a bridge has ports", async () => {
    const wide = { ...BRIDGE, IPAM: { Config: [{ Subnet: "fd00::/64" }, { Subnet: "172.17.0.0/16" }] } };
    const room = await readRoom(await engineHere({ "/networks/bridge": wide }), 0, procFolder());
    expect(room.addresses).toEqual({ limit: 1023, used: 2 });
  });

  test.each([
    ["on another kernel", { kernelVersion: "5.15.0-linuxkit" }],
    ["with another amount of memory", { memoryBytes: 2e9 }],
  ])("sees nothing of an Engine %s, as Docker Desktop's is", async (_, change) => {
    const room = await readRoom({ ...(await engineHere()), ...change }, 0, procFolder());
    expect(room).toEqual({ ...UNSEEN_ROOM, addresses: { limit: 253, used: 2 } });
  });

  test("sees nothing of an Engine elsewhere, though its machine looks the same", async () => {
    const elsewhere = { ...(await engineHere()), host: `tcp://127.0.0.1:${await freePort()}` };
    expect(await readRoom(elsewhere, 0, procFolder())).toEqual(UNSEEN_ROOM);
  });

  test("leaves out what a kernel does not say, and no more", async () => {
    const { "sys/fs/file-nr": _, "sys/fs/inotify/max_user_watches": __, ...rest } = PROC;
    const room = await readRoom({ ...(await engineHere({})), rootDirectory: "/no/such/folder" }, 0, procFolder(rest));
    const unseen = Object.entries(room).flatMap(([resource, supply]) => (supply === undefined ? [resource] : []));
    expect(unseen).toEqual(["disk", "inotify watches", "open files", "addresses"]);
  });
});
