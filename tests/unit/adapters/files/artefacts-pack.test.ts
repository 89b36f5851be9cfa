import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { gunzipSync } from "node:zlib";
import tar from "tar-fs";
import { describe, expect, test } from "vitest";
import {
  ensureSampleDatabase,
  ensureTrivyArchive,
  packArchive,
  sha256Of,
} from "../../../../adapters/files/artefacts/packed";
import { temporaryFolder } from "../../cli/support";
import { GoRoom } from "./artefacts-support";

/** The archive of a folder with a program and a text, made on some day. */
async function archiveMadeOn(day: string, { umask = 0o644, level = 6 } = {}): Promise<string> {
  const folder = temporaryFolder();
  for (const [name, mode] of [
    ["program", umask | 0o100],
    ["text", umask],
  ] as const) {
    writeFileSync(join(folder, name), `I am ${name}\n`.repeat(1000));
    chmodSync(join(folder, name), mode);
    utimesSync(join(folder, name), new Date(day), new Date(day));
  }
  const archive = join(folder, "made.tar.gz");
  await packArchive({ folder, files: ["program", "text"], level }, archive);
  return archive;
}

describe("an archive", () => {
  test("is the same on another day, under another umask", async () => {
    const one = await archiveMadeOn("2024-01-01");
    const other = await archiveMadeOn("2026-06-06", { umask: 0o600 });
    expect(readFileSync(one)).toEqual(readFileSync(other));
    expect(await sha256Of(one)).toMatch(/^[0-9a-f]{64}$/);
  });

  test("names no operating system, and holds the files with the rights that they need", async () => {
    const archive = await archiveMadeOn("2024-01-01", { umask: 0o600, level: 0 });
    const { 9: system, ...header } = readFileSync(archive).subarray(0, 10);
    expect([system, Object.values(header).slice(4, 8)]).toEqual([255, [0, 0, 0, 0]]);
    const unpacked = temporaryFolder();
    await pipeline([gunzipSync(readFileSync(archive))], tar.extract(unpacked));
    expect(statSync(join(unpacked, "program")).mode & 0o777).toBe(0o755);
    expect(statSync(join(unpacked, "text")).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(unpacked, "text"), "utf8")).toContain("I am text\n");
  });
});

describe("Trivy's archive", () => {
  test("is built for the node's platform, named as the release is, and kept", async () => {
    const room = new GoRoom(temporaryFolder());
    const archive = await ensureTrivyArchive("0.74.0", "linux/arm64", room);
    expect(archive.name).toBe("trivy_0.74.0_Linux-ARM64.tar.gz");
    expect(archive.identity).toBe(await sha256Of(archive.path));
    expect(room.builds).toEqual(["linux/arm64 jsonv2 trivy"]);
    expect(await ensureTrivyArchive("0.74.0", "linux/arm64", room)).toEqual(archive);
    expect(room.builds).toHaveLength(1);
    const intel = await ensureTrivyArchive("0.74.0", "linux/amd64", room);
    expect(intel.name).toBe("trivy_0.74.0_Linux-64bit.tar.gz");
    expect(room.builds).toEqual(["linux/arm64 jsonv2 trivy", "linux/amd64 jsonv2 trivy"]);
    const unpacked = temporaryFolder();
    await pipeline([gunzipSync(readFileSync(intel.path))], tar.extract(unpacked));
    expect(statSync(join(unpacked, "trivy")).mode & 0o777).toBe(0o755);
  });

  test("is not built from a Go module of another version, which would be called by the wrong name", async () => {
    const room = new GoRoom(temporaryFolder());
    await expect(ensureTrivyArchive("0.75.1", "linux/amd64", room)).rejects.toMatchObject({
      message: "lab.lock.json pins Trivy 0.75.1, and airgap/toolchain/trivy/go.mod 0.74.0.",
      hint: expect.stringContaining("github.com/aquasecurity/trivy/cmd/trivy@v0.75.1"),
    });
    expect(room.builds).toEqual([]);
  });

  test("is packed again, not built again, when the archive was cut off or removed", async () => {
    const room = new GoRoom(temporaryFolder());
    const archive = await ensureTrivyArchive("0.74.0", "linux/amd64", room);
    writeFileSync(archive.path, "short");
    expect(await ensureTrivyArchive("0.74.0", "linux/amd64", room)).toEqual(archive);
    expect(await sha256Of(archive.path)).toBe(archive.identity);
    rmSync(archive.path);
    expect(await ensureTrivyArchive("0.74.0", "linux/amd64", room)).toEqual(archive);
    expect(room.builds).toHaveLength(1);
  });
});

describe("the sample database", () => {
  test("is made by our program, and again when its sources change", async () => {
    const room = new GoRoom(temporaryFolder());
    const archive = await ensureSampleDatabase(room);
    const unpacked = temporaryFolder();
    mkdirSync(unpacked, { recursive: true });
    await pipeline([gunzipSync(readFileSync(archive.path))], tar.extract(unpacked));
    expect(readFileSync(join(unpacked, "trivy.db"), "utf8")).toBe("db\n");
    expect(readFileSync(join(unpacked, "metadata.json"), "utf8")).toBe("meta\n");
    await ensureSampleDatabase(room);
    expect(room.builds).toEqual(["/ jsonv2 sample-database"]);
    room.write("airgap/toolchain/sample-database/main.go", "package main // another\n");
    expect((await ensureSampleDatabase(room)).path).not.toBe(archive.path);
    expect(room.builds).toHaveLength(2);
  });
});
