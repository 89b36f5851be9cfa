import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../../adapters/files/own-machine";
import { installPlugins, pluginHostProgram } from "../../../../airgap/plugins/install";

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "plugins test "));
  await installPlugins(home);
}, 60_000);
afterAll(() => rm(home, { recursive: true, force: true }));

const NAMES = ["cloudinit", "command", "docker", "tls"];
const folderOf = async (name: string) => {
  const folders = await readdir(join(home, "plugins"));
  return join(home, "plugins", folders.find((folder) => folder.startsWith(`resource-${name}-v`)) ?? "missing");
};
const start = async (name: string) =>
  spawn(join(await folderOf(name), `pulumi-resource-${name}`), [`127.0.0.1:${await freePort()}`]);

describe("installPlugins", { timeout: 60_000 }, () => {
  it("leaves one folder per provider, named by the version of its package, and no drafts", async () => {
    const folders = (await readdir(join(home, "plugins"))).sort();
    expect(folders.map((folder) => folder.replace(/-v\d+\.\d+\.\d+$/, ""))).toEqual(
      NAMES.map((name) => `resource-${name}`),
    );
  });

  it("builds nothing again", async () => {
    const written = async () =>
      Promise.all(
        NAMES.map(async (name) => (await stat(join(await folderOf(name), "plugin.js"), { bigint: true })).ctimeNs),
      );
    const before = await written();
    expect(await installPlugins(home)).toEqual({ installed: [] });
    expect(await written()).toEqual(before);
  });

  it("replaces a plugin that was built from something else, or is not whole", async () => {
    const tls = await folderOf("tls");
    const bundle = await readFile(join(tls, "plugin.js"));
    await writeFile(join(tls, "built-from"), "older");
    await appendFile(join(tls, "plugin.js"), "broken(");
    await rm(join(await folderOf("cloudinit"), "built-from"));
    const { installed } = await installPlugins(home);
    expect(installed.map((plugin) => plugin.replace(/-v.*/, "")).sort()).toEqual([
      "resource-cloudinit",
      "resource-tls",
    ]);
    expect(await readFile(join(tls, "plugin.js"))).toEqual(bundle);
  });

  it("may run twice at the same time", async () => {
    await writeFile(join(await folderOf("tls"), "built-from"), "older");
    await Promise.all([installPlugins(home), installPlugins(home)]);
    expect(await installPlugins(home)).toEqual({ installed: [] });
    expect((await readdir(join(home, "plugins"))).length).toBe(NAMES.length);
  });
});

describe("an installed host", () => {
  it("is beside the plugins, and recreated when one of them is", async () => {
    const before = await stat(pluginHostProgram(home));
    await writeFile(join(home, "plugin-host", "built-from"), "older");
    await installPlugins(home);
    expect((await stat(pluginHostProgram(home))).ino).not.toBe(before.ino);
  });
});

describe("an installed plugin", { timeout: 20_000 }, () => {
  it.each(NAMES)("%s prints a port, and leaves when the engine is gone", async (name) => {
    const plugin = await start(name);
    const [line] = await once(plugin.stdout, "data");
    expect(String(line)).toMatch(/^\d+\n$/);
    plugin.stdin.end();
    expect(await once(plugin, "exit")).toEqual([0, null]);
  });

  it("runs with the Node.js that installed it, whatever PATH says", async () => {
    expect(await readlink(join(await folderOf("tls"), "node"))).toBe(process.execPath);
  });

  it("leaves at once when asked to", async () => {
    const plugin = await start("command");
    await once(plugin.stdout, "data");
    plugin.kill("SIGINT");
    expect(await once(plugin, "exit")).toEqual([0, null]);
  });
});
