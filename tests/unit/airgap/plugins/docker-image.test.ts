import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { buildQuery } from "../../../../airgap/plugins/docker/image/build";
import { contextDigest } from "../../../../airgap/plugins/docker/image/context";
import { checkImage, readBuild } from "../../../../airgap/plugins/docker/image/inputs";
import { image } from "../../../../airgap/plugins/docker/image/resource";
import { type PropertyMap, UNKNOWN } from "../../../../airgap/plugins/framework/provider";

let folder: string;
const context = () => folder;
const dockerfile = () => join(folder, "Dockerfile");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "docker-image-"));
  writeFileSync(dockerfile(), "FROM scratch\n");
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("checkImage", () => {
  const inputs = (build: PropertyMap, rest: PropertyMap = {}): PropertyMap => ({
    imageName: "hello:v0.1",
    skipPush: true,
    build: { context: context(), dockerfile: dockerfile(), ...build },
    ...rest,
  });
  const properties = (given: PropertyMap) => checkImage(given).failures.map(({ property }) => property);

  it("adds the context's digest and the platform", () => {
    const { inputs: checked, failures } = checkImage(inputs({}));
    expect(failures).toEqual([]);
    expect(checked.build).toMatchObject({
      contextDigest: contextDigest(context(), dockerfile()),
      platform: expect.stringMatching(/^linux\//),
    });
    expect(checkImage(inputs({ platform: "linux/arm64" })).inputs.build).toMatchObject({ platform: "linux/arm64" });
  });

  it.each<[string, PropertyMap, PropertyMap]>([
    ["imageName", {}, { skipPush: false }],
    ["imageName", {}, { skipPush: null }],
    ["buildOnPreview", {}, { buildOnPreview: true }],
    ["imageName", {}, { imageName: "" }],
    ["build.builderVersion", { builderVersion: "BuilderV3" }, {}],
    ["build.secrets", { secrets: {} }, {}],
    ["build.context", { context: "/no/such/folder" }, {}],
  ])("refuses %s", (property, build, rest) => {
    expect(properties(inputs(build, rest))).toEqual([property]);
  });

  it("takes an image to be pushed, where its name has a registry", () => {
    expect(properties(inputs({}, { skipPush: false, imageName: "127.0.0.1:5001/hello:v0.1" }))).toEqual([]);
    expect(properties(inputs({}, { skipPush: UNKNOWN }))).toEqual([]);
  });

  it("says that a Dockerfile's name is relative to the program, with the name that would do", () => {
    const failure = checkImage(inputs({ dockerfile: "Dockerfile" })).failures[0];
    expect(failure?.reason).toContain(`relative to the program, not to the context; try ${dockerfile()}`);
  });

  it("waits with the digest until the context is known", () => {
    const { inputs: checked, failures } = checkImage(inputs({ context: UNKNOWN }));
    expect(failures).toEqual([]);
    expect(checked.build).toMatchObject({ contextDigest: UNKNOWN });
  });
});

describe("diff", () => {
  const diffImage = (before: PropertyMap, inputs: PropertyMap) =>
    image.diff({ id: "a", properties: {}, inputs: before }, inputs);
  const old: PropertyMap = { imageName: "a", skipPush: true, build: { contextDigest: "1", args: { A: "1" } } };

  it("builds again in place, whatever changed", () => {
    expect(diffImage(old, old).changed).toEqual([]);
    const changed = { ...old, build: { contextDigest: "2", args: { A: "1" } } };
    expect(diffImage(old, changed)).toEqual({ changed: ["build"], replaces: [], deleteBeforeReplace: false });
  });

  it("counts on a change where a value is not known yet", () => {
    expect(diffImage(old, { ...old, build: { contextDigest: "1", args: { A: UNKNOWN } } }).changed).toEqual(["build"]);
  });
});

it("previews the name at once, and the image's id never", () => {
  const known = image.preview({
    imageName: "a:1",
    build: { context: "ctx", dockerfile: "ctx/Dockerfile", platform: "linux/amd64" },
  });
  expect(known).toMatchObject({
    imageName: "a:1",
    dockerfile: "Dockerfile",
    platform: "linux/amd64",
    repoDigest: UNKNOWN,
  });
  expect(image.preview({ imageName: UNKNOWN, build: UNKNOWN })).toMatchObject({
    imageName: UNKNOWN,
    repoDigest: UNKNOWN,
  });
});

describe("buildQuery", () => {
  it("says nothing of what was not asked for", () => {
    const build = readBuild({ imageName: "a:1", build: { platform: "linux/amd64" } });
    expect(build).toMatchObject({ context: ".", dockerfile: "Dockerfile" });
    const expected = { t: "a:1", dockerfile: "Dockerfile", version: "2", platform: "linux/amd64", rm: "1" };
    expect(buildQuery(build, "Dockerfile")).toEqual(expected);
  });

  it("passes everything on", () => {
    const build: PropertyMap = {
      platform: "linux/arm64",
      builderVersion: "BuilderV1",
      args: { A: "1 2" },
      target: "base",
      network: "host",
      addHosts: ["a:1.2.3.4", "b:::1"],
      cacheFrom: { images: ["x"] },
    };
    expect(buildQuery(readBuild({ imageName: "a", build }), "d/Mock")).toEqual({
      t: "a",
      dockerfile: "d/Mock",
      version: "1",
      platform: "linux/arm64",
      rm: "1",
      buildargs: '{"A":"1 2"}',
      target: "base",
      networkmode: "host",
      extrahosts: ["a:1.2.3.4", "b:::1"],
      cachefrom: '["x"]',
    });
  });
});
