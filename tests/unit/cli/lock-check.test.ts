import { describe, expect, test } from "vitest";
import { unpinnedInLock, unpinnedInStack, unpinnedMachineImages } from "../../../cli/workflows/lock/check";
import { DIGEST, LOCK } from "./lock-support";

const stack = (raw: Record<string, unknown>) => unpinnedInStack({ stack: "dev", raw });

describe("a lock file without gaps", () => {
  test("has nothing unpinned", () => {
    expect(unpinnedInLock(LOCK, "0.74.0")).toEqual([]);
  });
});

describe("unpinned in the lock file is", () => {
  test("an image without digest", () => {
    expect(unpinnedInLock({ ...LOCK, images: { ...LOCK.images, ubuntu: "ubuntu:24.04" } }, "0.74.0")).toEqual([
      { what: "images.ubuntu", problem: "ubuntu:24.04 has no digest", fix: "./lab lock" },
    ]);
  });

  test("an archive without sum", () => {
    const { "linux/amd64": amd64, "linux/arm64": arm64 } = LOCK.trivy.archives;
    const trivy = { version: "0.74.0", archives: { "linux/amd64": { url: amd64.url }, "linux/arm64": arm64 } };
    expect(unpinnedInLock({ ...LOCK, trivy }, "0.74.0")).toEqual([
      { what: "trivy linux/amd64", problem: `${amd64.url} has no checksum`, fix: "./lab lock" },
    ]);
  });

  test.each(["0.73.0", undefined])("a Go module of Trivy that is at %s", (module) => {
    const [problem, ...more] = unpinnedInLock(LOCK, module);
    expect(more).toEqual([]);
    expect(problem?.what).toBe("airgap/toolchain/trivy/go.mod");
    expect(problem?.fix).toContain("github.com/aquasecurity/trivy/cmd/trivy@v0.74.0");
  });
});

describe("unpinned in a stack is", () => {
  test("a base image without digest", () => {
    expect(stack({ local: { baseImage: "debian:12" } })).toEqual([
      {
        what: "local.baseImage",
        problem: "debian:12 has no digest",
        fix: "pulumi config set --path local.baseImage debian:12@sha256:DIGEST",
      },
    ]);
  });

  test.each([
    ["archive", "sha256"],
    ["databaseArchive", "databaseSha256"],
  ])("a URL in trivy.%s without trivy.%s", (archive, sum) => {
    expect(unpinnedInStack({ stack: "monday", raw: { trivy: { [archive]: "https://example.org/x.tar.gz" } } })).toEqual(
      [
        {
          what: `trivy.${archive}`,
          problem: "https://example.org/x.tar.gz has no checksum",
          fix: `pulumi config set --stack monday --path trivy.${sum} SUM`,
        },
      ],
    );
  });

  test.each([
    ["nothing that is not set", {}],
    ["not a base image with a digest", { local: { baseImage: `debian:12@${DIGEST.old}` } }],
    ["not our own base image", { local: { baseImage: "lab-nodes/base:bookworm" } }],
    ["not an archive with its sum", { trivy: { archive: "trivy.tar.gz", sha256: "a".repeat(64) } }],
  ])("%s", (_, raw) => {
    expect(stack(raw)).toEqual([]);
  });
});

describe("a machine image is unpinned", () => {
  const aws = { images: { "eu-north-1": { amd64: "ami-12345678" }, "eu-south-1": {} } };
  const judge = (region: string | undefined, ami?: string) =>
    unpinnedMachineImages([{ stack: "monday", region, ami }], { aws });

  test.each(["eu-west-1", "eu-south-1"])("in a region of which the lock file has none: %s", (region) => {
    expect(judge(region)).toEqual([
      {
        what: 'the machine image of the lab "monday"',
        problem: `lab.lock.json has none for ${region}: a machine starts from Canonical's image of that day`,
        fix: `./lab lock --region ${region}`,
      },
    ]);
  });

  test("where nobody says in which region", () => {
    expect(judge(undefined)).toMatchObject([{ fix: "./lab lock --region REGION" }]);
  });

  test("neither where the lock file has one, nor where the setting does", () => {
    expect(judge("eu-north-1")).toEqual([]);
    expect(judge("eu-west-1", "ami-12345678")).toEqual([]);
  });
});
