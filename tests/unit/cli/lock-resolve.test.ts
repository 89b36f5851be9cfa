import { describe, expect, test } from "vitest";
import { resolveImages } from "../../../cli/workflows/lock/resolve-images";
import { requireTrivyVersion, resolveTrivy } from "../../../cli/workflows/lock/resolve-trivy";
import { checksums, DIGEST, FakeNetwork, LOCK, SUM } from "./lock-support";
import { labErrorOf } from "./support";

const published = (version: string, sums: { amd64?: string; arm64?: string } = {}) =>
  new FakeNetwork({ [`trivy_${version}_checksums.txt`]: checksums(version, sums) });

describe("images asked for anew", () => {
  test("keep their tags, and move where the digest did", async () => {
    const network = new FakeNetwork({}, { "alpine:3.22": DIGEST.today, "ubuntu:24.04": DIGEST.old });
    const { value, moves, unasked } = await resolveImages(LOCK.images, network);
    expect(value).toEqual({ ...LOCK.images, alpine: `alpine:3.22@${DIGEST.today}` });
    expect(moves).toEqual([{ what: "images.alpine", from: LOCK.images.alpine, to: value.alpine }]);
    expect(unasked).toEqual([{ what: "images.debian", reason: "getaddrinfo ENOTFOUND" }]);
  });

  test("get the digest that they lack", async () => {
    const network = new FakeNetwork({}, { "alpine:3.22": DIGEST.today });
    const { value, moves } = await resolveImages({ ...LOCK.images, alpine: "alpine:3.22" }, network);
    expect(value.alpine).toBe(`alpine:3.22@${DIGEST.today}`);
    expect(moves).toEqual([{ what: "images.alpine", from: "alpine:3.22", to: value.alpine }]);
  });
});

describe("Trivy asked for anew", () => {
  test("stays as it is where its published sums do", async () => {
    const network = published("0.74.0");
    expect(await resolveTrivy(LOCK.trivy, "0.74.0", network)).toEqual({ value: LOCK.trivy, moves: [], unasked: [] });
    expect(network.asked).toEqual([
      "https://github.com/aquasecurity/trivy/releases/download/v0.74.0/trivy_0.74.0_checksums.txt",
    ]);
  });

  test("gets the sum that it lacks", async () => {
    const { "linux/amd64": amd64, "linux/arm64": arm64 } = LOCK.trivy.archives;
    const open = { version: "0.74.0", archives: { "linux/amd64": amd64, "linux/arm64": { url: arm64.url } } };
    const { value, moves } = await resolveTrivy(open, "0.74.0", published("0.74.0"));
    expect(value).toEqual(LOCK.trivy);
    expect(moves).toEqual([{ what: "trivy linux/arm64", from: undefined, to: SUM.arm64 }]);
  });

  test("moves to the version that is named, URLs and sums with it", async () => {
    const { value, moves } = await resolveTrivy(LOCK.trivy, "0.75.1", published("0.75.1", { arm64: SUM.other }));
    expect(value.version).toBe("0.75.1");
    expect(value.archives["linux/arm64"]).toEqual({
      url: "https://github.com/aquasecurity/trivy/releases/download/v0.75.1/trivy_0.75.1_Linux-ARM64.tar.gz",
      sha256: SUM.other,
    });
    expect(moves.map(({ what }) => what)).toEqual(["trivy.version", "trivy linux/arm64"]);
  });

  test("is left alone where nobody answers, unless another version was named", async () => {
    const silent = new FakeNetwork();
    expect(await resolveTrivy(LOCK.trivy, "0.74.0", silent)).toEqual({
      value: LOCK.trivy,
      moves: [],
      unasked: [{ what: "trivy 0.74.0", reason: "getaddrinfo ENOTFOUND" }],
    });
    await expect(resolveTrivy(LOCK.trivy, "0.75.1", silent)).rejects.toThrow(
      "Could not download the checksums of Trivy 0.75.1: getaddrinfo ENOTFOUND",
    );
  });

  test("is not taken where one archive has two published sums", async () => {
    const twice = `${checksums("0.74.0")}\n${checksums("0.74.0", { amd64: SUM.other })}`;
    const network = new FakeNetwork({ "trivy_0.74.0_checksums.txt": twice });
    await expect(resolveTrivy(LOCK.trivy, "0.74.0", network)).rejects.toThrow(
      `trivy_0.74.0_Linux-64bit.tar.gz has two checksums, ${SUM.amd64} and ${SUM.other}.`,
    );
  });

  test("is never taken with another sum under the same version", async () => {
    const changed = published("0.74.0", { amd64: SUM.other });
    await expect(resolveTrivy(LOCK.trivy, "0.74.0", changed)).rejects.toMatchObject({
      message: expect.stringContaining(
        `linux/amd64 now has the checksum ${SUM.other}, but lab.lock.json has ${SUM.amd64}`,
      ),
      hint: expect.stringContaining("Nothing was written"),
    });
  });

  test("needs a sum for every platform", async () => {
    const page = new FakeNetwork({ "trivy_0.75.1_checksums.txt": "<html>sign in</html>" });
    await expect(resolveTrivy(LOCK.trivy, "0.75.1", page)).rejects.toThrow(
      "do not include trivy_0.75.1_Linux-64bit.tar.gz",
    );
  });

  test.each([["0.69.4"], ["0.69.5"], ["0.69.6"]])("is refused as %s, by name", (version) => {
    expect(labErrorOf(() => requireTrivyVersion(version))).toMatchObject({
      message: `Trivy ${version} carried malware: it is never installed.`,
      exitCode: 2,
    });
  });

  test.each([["latest"], ["v0.75.1"], ["0.75"], ["../0.75.1"]])("is refused as %j, which is no version", (version) => {
    expect(labErrorOf(() => requireTrivyVersion(version)).message).toContain("must look like 0.74.0");
  });
});
