import { describe, expect, test } from "vitest";
import { unpinnedInLock, unpinnedInStack } from "../../cli/lock/check";
import { DIGEST, LOCK } from "./lock-support";

const stack = (raw: Record<string, unknown>) => unpinnedInStack({ stack: "dev", raw }, LOCK);

describe("a lock file without gaps", () => {
  test("has nothing unpinned", () => {
    expect(unpinnedInLock(LOCK, "0.74.0")).toEqual([]);
  });
});

describe("unpinned in the lock file is", () => {
  test("an image without digest", () => {
    expect(unpinnedInLock({ ...LOCK, images: { ...LOCK.images, ubuntu: "ubuntu:24.04" } }, "0.74.0")).toEqual([
      { what: "images.ubuntu", problem: "ubuntu:24.04 has no digest", mend: "./lab lock" },
    ]);
  });

  test("an archive without sum", () => {
    const { "linux/amd64": amd64, "linux/arm64": arm64 } = LOCK.trivy.archives;
    const trivy = { version: "0.74.0", archives: { "linux/amd64": { url: amd64.url }, "linux/arm64": arm64 } };
    expect(unpinnedInLock({ ...LOCK, trivy }, "0.74.0")).toEqual([
      { what: "trivy linux/amd64", problem: `${amd64.url} has no sum`, mend: "./lab lock" },
    ]);
  });

  test.each(["0.73.0", undefined])("a Go module of Trivy that is at %s", (module) => {
    const [problem, ...more] = unpinnedInLock(LOCK, module);
    expect(more).toEqual([]);
    expect(problem?.what).toBe("airgap/toolchain/trivy/go.mod");
    expect(problem?.mend).toContain("github.com/aquasecurity/trivy/cmd/trivy@v0.74.0");
  });
});

describe("unpinned in a stack is", () => {
  test("a base image without digest", () => {
    expect(stack({ local: { baseImage: "debian:12" } })).toEqual([
      {
        what: "local.baseImage",
        problem: "debian:12 has no digest",
        mend: "pulumi config set --path local.baseImage debian:12@sha256:DIGEST",
      },
    ]);
  });

  test.each([
    ["archive", "sha256"],
    ["databaseArchive", "databaseSha256"],
  ])("a URL in trivy.%s without trivy.%s", (archive, sum) => {
    expect(
      unpinnedInStack({ stack: "monday", raw: { trivy: { [archive]: "https://example.org/x.tar.gz" } } }, LOCK),
    ).toEqual([
      {
        what: `trivy.${archive}`,
        problem: "https://example.org/x.tar.gz has no sum",
        mend: `pulumi config set --stack monday --path trivy.${sum} SUM`,
      },
    ]);
  });

  test.each([[{}], [{ aws: { region: "eu-north-1" } }]])("a machine image that nobody names: %j", (settings) => {
    expect(stack({ target: "aws", ...settings })).toEqual([
      {
        what: "aws.ami",
        problem: "is not set, so a machine starts from Canonical's image of Ubuntu 24.04 as it is that day",
        mend: "pulumi config set --path aws.ami AMI",
      },
    ]);
  });

  test("not a machine image that the lock file has for the region", () => {
    const raw = { target: "aws", aws: { region: "eu-north-1" } };
    const aws = { images: { "eu-north-1": { amd64: "ami-12345678" } } };
    expect(unpinnedInStack({ stack: "dev", raw }, { aws })).toEqual([]);
  });

  test.each([
    ["nothing that is not set", {}],
    ["not a machine image that is set", { target: "aws", aws: { ami: "ami-12345678" } }],
    ["not a base image with a digest", { local: { baseImage: `debian:12@${DIGEST.old}` } }],
    ["not our own base image", { local: { baseImage: "lab-nodes/base:bookworm" } }],
    ["not an archive with its sum", { trivy: { archive: "trivy.tar.gz", sha256: "a".repeat(64) } }],
  ])("%s", (_, raw) => {
    expect(stack(raw)).toEqual([]);
  });
});
