import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readLockFile, writeLockFile } from "../../../cli/workflows/lock/lock-file";
import { LOCK_FILE, labLock, parseOpenLock } from "../../../config/lock";
import { LOCK } from "./lock-support";
import { temporaryFolder } from "./support";

/** The lock with one value, named by its path, replaced; without it when there is no value. */
function lockWith(path: readonly string[], value?: unknown): unknown {
  const copy = structuredClone(LOCK) as Record<string, unknown>;
  const last = path.at(-1) ?? "";
  const parent = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((inner, key) => inner[key] as Record<string, unknown>, copy);
  parent[last] = value;
  if (value === undefined) {
    delete parent[last];
  }
  return copy;
}

const ARM = ["trivy", "archives", "linux/arm64"];

describe("the lock file of this clone", () => {
  test("pins everything", () => {
    const lock = labLock();
    expect(Object.values(lock.images).every((image) => /@sha256:[0-9a-f]{64}$/.test(image))).toBe(true);
    expect(lock.trivy.archives["linux/amd64"].url).toContain(`_${lock.trivy.version}_`);
    // Written manually or by `lab lock`, it looks the same.
    expect(readFileSync(LOCK_FILE, "utf8")).toBe(`${JSON.stringify(lock, null, 2)}\n`);
  });
});

describe("a lock file", () => {
  test.each([
    ["a sum", [...ARM, "sha256"]],
    ["a digest", ["images", "alpine"], "alpine:3.22"],
  ])("may lack %s for `lab lock` to add", (_, path, value?: string) => {
    expect(() => parseOpenLock(lockWith(path, value))).not.toThrow();
  });

  test.each([
    ["a version with malware", ["trivy", "version"], "0.69.5", "trivy.version: is a release that contained malware"],
    ["what is no version", ["trivy", "version"], "latest", "trivy.version: must be a version such as 0.74.0"],
    ["a short sum", [...ARM, "sha256"], "12ab", "linux/arm64.sha256: must be a SHA-256 sum"],
    ["a download in the open", [...ARM, "url"], "http://example.org/trivy.tar.gz", "must be an https:// URL"],
    ["an image without a tag", ["images", "debian"], "debian", "images.debian: must be an image with a tag"],
    ["a missing platform", ARM, undefined, "trivy.archives.linux/arm64"],
    [
      "what is no machine image",
      ["aws", "images", "eu-central-1"],
      { amd64: "ubuntu" },
      "aws.images.eu-central-1.amd64: must be an AMI ID",
    ],
    ["a machine image of no architecture of ours", ["aws", "images", "eu-central-1"], { i386: "ami-12345678" }, "i386"],
    ["what it does not know", ["colour"], "red", "colour"],
  ])("is refused with %s", (_, path, value, message) => {
    expect(() => parseOpenLock(lockWith(path, value))).toThrow(message);
  });

  test("is told with all its problems, and how to get a good one back", () => {
    const folder = temporaryFolder();
    const broken = { ...(lockWith(["images", "debian"], "debian") as object), docker: {} };
    writeFileSync(join(folder, LOCK_FILE), JSON.stringify(broken));
    expect(() => readLockFile(folder)).toThrow(/images\.debian: .*\n.*docker\.docker-ce/);
    writeFileSync(join(folder, LOCK_FILE), "{ half");
    expect(() => readLockFile(folder)).toThrow("JSON");
  });

  test("is what was written", () => {
    const folder = temporaryFolder();
    writeLockFile(folder, LOCK);
    expect(readLockFile(folder)).toEqual(LOCK);
    expect(readFileSync(join(folder, LOCK_FILE), "utf8")).toMatch(/^\{\n {2}"trivy": \{\n.*\}\n$/s);
  });
});
