import { createRequire } from "node:module";
import { resolve } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runCommandLine } from "../../../cli/program";
import { listBakes, removeBakes, renderBake } from "../../../cli/workflows/bake/index";
import type { CommandContext } from "../../../core/command-context";
import { engineDouble } from "../adapters/docker/engine-double";
import { contextFor, recordedReporter, runtimeIn, temporaryFolder, textOf } from "./support";

const require = createRequire(__filename);

describe("usage", () => {
  const file = resolve("cli/workflows/bake/index.ts");
  let calls: unknown[] = [];

  beforeAll(() => {
    require("tsx/cjs");
  });
  beforeEach(() => {
    calls = [];
    const record = (name: string) => async (_: CommandContext, which?: string) => calls.push([name, which]);
    const exports = { bake: record("bake"), listBakes: record("list"), removeBakes: record("remove") };
    require.cache[file] = { ...module, id: file, filename: file, loaded: true, exports };
  });
  afterEach(() => {
    delete require.cache[file];
  });

  async function lab(...words: string[]) {
    const runtime = runtimeIn("/program");
    const exitCode = await runCommandLine(words, runtime, new AbortController().signal);
    return { exitCode, calls };
  }

  test.each([
    [[], ["bake", undefined]],
    [["--list"], ["list", undefined]],
    [
      ["--remove", "0123456789ab"],
      ["remove", "0123456789ab"],
    ],
  ])("lab bake %j", async (words, call) => {
    expect(await lab("bake", ...words)).toEqual({ exitCode: 0, calls: [call] });
  });

  test("shows or removes, not both", async () => {
    expect(await lab("bake", "--list", "--remove", "all")).toEqual({ exitCode: 2, calls: [] });
  });
});

const OWN = { Labels: { "lab-nodes.bake": "0000000000aa" }, Created: 1_795_000_000, Size: 1.16e9 };
const USED = { ...OWN, Id: "sha256:used", RepoTags: ["lab-nodes-bake:0000000000aa"] };
const UNUSED = {
  ...OWN,
  Id: "sha256:unused",
  RepoTags: ["lab-nodes-bake:0000000000bb"],
  Labels: { "lab-nodes.bake": "0000000000bb" },
};
const HALF_MADE = { ...OWN, Id: "sha256:half", RepoTags: null, Labels: { "lab-nodes.bake": "0000000000cc" } };

describe("a bake that was made", () => {
  const RESULT = {
    name: "ami-1",
    hash: "0123456789ab",
    bytes: 1.5e9,
    seconds: 61.2,
    size: "known",
    made: true,
  } as const;

  test.each([
    ["0.05 USD a month", "dev", "0.05 USD a month. Run ./lab bake --remove 0123456789ab to remove it."],
    [
      "unknown: AWS did not return the price (AccessDenied)",
      "monday",
      "unknown: AWS did not return the price (AccessDenied). Run ./lab bake --stack monday --remove 0123456789ab to remove it.",
    ],
  ])("shows its cost: %s", (cost, stack, line) => {
    expect(renderBake({ ...RESULT, cost }, stack).split("\n")).toEqual([
      "Baked ami-1 (1.50 GB, 61 s)",
      `Cost of storing it: ${line}`,
      `A lab created from now on uses it: ./lab up${stack === "dev" ? "" : " --stack monday"}`,
    ]);
  });

  test("has no line about cost where storing is free", () => {
    expect(renderBake({ ...RESULT, made: false, cost: undefined }, "dev").split("\n")).toEqual([
      "Already exists: ami-1 (1.50 GB, 61 s)",
      "A lab created from now on uses it: ./lab up",
    ]);
  });
});

describe("bakes on an Engine", () => {
  async function room(images: readonly object[]) {
    const engine = await engineDouble({
      "/images/json": images,
      "/containers/json": [{ Id: "1", ImageID: "sha256:used", Names: ["/lab-dev-node1"] }],
      "/images/lab-nodes-bake:0000000000bb": [],
      "/images/sha256:half": [],
    });
    const runtime = runtimeIn(temporaryFolder(), { DOCKER_HOST: engine.host });
    const context = contextFor(runtime, "dev", recordedReporter().reporter);
    const removed = () => engine.requests.filter((request) => request.startsWith("DELETE"));
    return { context, removed, output: () => textOf(runtime.stdout) };
  }

  test("are listed with what was made from them", async () => {
    const { context, output } = await room([USED, UNUSED, HALF_MADE]);
    await listBakes(context);
    expect(output().trimEnd().split("\n")).toEqual([
      "bake                      made (UTC)        size     machines",
      expect.stringMatching(/^0000000000aa {14}2026-11-18 \d\d:\d\d {2}1\.16 GB {2}lab-dev-node1$/),
      expect.stringMatching(/^0000000000bb .* unused$/),
      expect.stringMatching(/^0000000000cc \(half-made\) .* unused$/),
    ]);
  });

  test("are told to be none where there is none", async () => {
    const { context, output } = await room([]);
    await listBakes(context);
    expect(output()).toBe("There are no bakes. Run ./lab bake to make one.\n");
  });

  test("go one by one, or all that no machine is made from", async () => {
    const one = await room([USED, UNUSED, HALF_MADE]);
    await removeBakes(one.context, "0000000000bb");
    expect(one.removed()).toEqual(["DELETE /images/lab-nodes-bake:0000000000bb"]);
    const all = await room([USED, UNUSED, HALF_MADE]);
    await removeBakes(all.context, "all");
    expect(all.removed()).toEqual(["DELETE /images/lab-nodes-bake:0000000000bb", "DELETE /images/sha256:half"]);
    expect(all.output()).toContain("not removed: 0000000000aa, in use by lab-dev-node1\n");
  });

  test("stay while machines are made from them", async () => {
    const { context, removed } = await room([USED]);
    await expect(removeBakes(context, "0000000000aa")).rejects.toMatchObject({
      message: "The bake 0000000000aa is in use.",
      exitCode: 1,
    });
    expect(removed()).toEqual([]);
  });

  test("have to be there to be removed", async () => {
    const { context } = await room([USED, UNUSED]);
    await expect(removeBakes(context, "x")).rejects.toMatchObject({
      exitCode: 2,
      hint: "Bakes: 0000000000aa, 0000000000bb.",
    });
  });
});
