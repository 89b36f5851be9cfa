import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkLock, lock } from "../../../cli/workflows/lock/index";
import { writeLockFile } from "../../../cli/workflows/lock/lock-file";
import type { OpenLock } from "../../../config/lock";
import { checksums, DIGEST, FakeNetwork, LOCK } from "./lock-support";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder, textOf } from "./support";

/** A clone with this lock file and no lab. */
function cloneWith(content: OpenLock, { json = false } = {}) {
  const folder = temporaryFolder();
  writeLockFile(folder, content);
  mkdirSync(join(folder, "airgap", "toolchain", "trivy"), { recursive: true });
  copyFileSync("airgap/toolchain/trivy/go.mod", join(folder, "airgap/toolchain/trivy/go.mod"));
  const runtime = runtimeIn(folder);
  const context = contextFor(runtime, "dev", recordedReporter().reporter);
  return {
    context: { ...context, options: { ...context.options, json } },
    settings: (text: string) => writeFileSync(join(folder, "Pulumi.dev.yaml"), text),
    written: (): unknown => JSON.parse(readFileSync(join(folder, "lab.lock.json"), "utf8")),
    said: () => textOf(runtime.stdout),
  };
}

const ALL_AS_BEFORE = new FakeNetwork(
  { "trivy_0.74.0_checksums.txt": checksums("0.74.0") },
  { "alpine:3.22": DIGEST.old, "ubuntu:24.04": DIGEST.old, "debian:bookworm-slim": DIGEST.old },
);

describe("lab lock", () => {
  test("writes what moved, and says what could not be asked", async () => {
    const clone = cloneWith(LOCK);
    const network = new FakeNetwork({}, { "alpine:3.22": DIGEST.today, "ubuntu:24.04": DIGEST.old });
    await lock(clone.context, { trivy: undefined, regions: [] }, network);
    expect(clone.written()).toEqual({ ...LOCK, images: { ...LOCK.images, alpine: `alpine:3.22@${DIGEST.today}` } });
    expect(clone.said()).toBe(
      [
        "images.alpine",
        `  alpine:3.22@${DIGEST.old}`,
        `  -> alpine:3.22@${DIGEST.today}`,
        "could not be looked up:",
        "  trivy 0.74.0: getaddrinfo ENOTFOUND",
        "  images.debian: getaddrinfo ENOTFOUND",
        '  packages: There is no lab "dev" here.',
        "Updated lab.lock.json.",
        "",
      ].join("\n"),
    );
  });

  test("leaves the file alone when nothing moved", async () => {
    const clone = cloneWith(LOCK, { json: true });
    await lock(clone.context, { trivy: undefined, regions: [] }, ALL_AS_BEFORE);
    expect(clone.written()).toEqual(LOCK);
    expect(JSON.parse(clone.said())).toEqual({
      moves: [],
      unasked: [{ what: "packages", reason: 'There is no lab "dev" here.' }],
      written: false,
    });
  });

  test("moves Trivy alone, where the registries are silent", async () => {
    const clone = cloneWith(LOCK);
    const network = new FakeNetwork({ "trivy_0.75.1_checksums.txt": checksums("0.75.1") });
    await lock(clone.context, { trivy: "0.75.1", regions: [] }, network);
    expect(clone.written()).toMatchObject({ trivy: { version: "0.75.1" }, images: LOCK.images });
    expect(clone.said()).toContain("trivy.version\n  0.74.0\n  -> 0.75.1\n");
  });

  test("writes nothing when it fails, and asks nothing about a version with malware", async () => {
    const clone = cloneWith(LOCK);
    const network = new FakeNetwork({}, { "alpine:3.22": DIGEST.today });
    await expect(lock(clone.context, { trivy: "0.75.1", regions: [] }, network)).rejects.toThrow(
      "Could not download the checksums",
    );
    expect(clone.written()).toEqual(LOCK);
    const asked = network.asked.length;
    await expect(lock(clone.context, { trivy: "0.69.6", regions: [] }, network)).rejects.toThrow("carried malware");
    expect(network.asked).toHaveLength(asked);
  });
});

describe("lab lock --check", () => {
  test("is content where everything is pinned", () => {
    const clone = cloneWith(LOCK);
    expect([checkLock(clone.context), clone.said()]).toEqual([0, "Everything is pinned.\n"]);
  });

  test("names what is not, in the lock file and in the stack, and what to type", () => {
    const clone = cloneWith({ ...LOCK, images: { ...LOCK.images, alpine: "alpine:3.22" } });
    clone.settings("config:\n  lab-nodes:local:\n    baseImage: debian:12\n");
    expect([checkLock(clone.context), clone.said()]).toEqual([
      1,
      [
        "2 things are not pinned:",
        "  images.alpine: alpine:3.22 has no digest",
        "    ./lab lock",
        "  local.baseImage: debian:12 has no digest",
        "    pulumi config set --path local.baseImage debian:12@sha256:DIGEST",
        "",
      ].join("\n"),
    ]);
  });

  test("gives the same as JSON", () => {
    const clone = cloneWith({ ...LOCK, images: { ...LOCK.images, alpine: "alpine:3.22" } }, { json: true });
    expect(checkLock(clone.context)).toBe(1);
    expect(JSON.parse(clone.said())).toEqual({
      pinned: false,
      problems: [{ what: "images.alpine", problem: "alpine:3.22 has no digest", fix: "./lab lock" }],
    });
  });
});
