import { expect, test } from "vitest";
import type { DockerEngine } from "../../../adapters/docker/engine";
import { readBakeInputs } from "../../../components/machines/local/bake-inputs";
import { shareOfNewNode } from "../../../components/machines/local/bakes";
import { parseConfig } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import { bakeIdentity } from "../../../core/bake";
import { BAKED_NODE_SHARE, NODE_SHARE } from "../../../core/capacity";
import { engineDouble, SOME_ENGINE } from "../adapters/docker/engine-double";

function configWith(bake: string | undefined): LabConfig {
  const parsed = parseConfig(bake === undefined ? {} : { local: { bake } });
  if (!parsed.ok) {
    throw new Error(parsed.problems.join("\n"));
  }
  return parsed.config;
}

async function fittingHash(): Promise<string> {
  return bakeIdentity(await readBakeInputs(configWith(undefined), SOME_ENGINE)).hash;
}

async function engineWith(...bakes: string[]): Promise<DockerEngine> {
  const images = bakes.map((hash) => [`/images/lab-nodes-bake:${hash}/json`, { Config: { Labels: {} } }] as const);
  return { ...SOME_ENGINE, host: (await engineDouble(Object.fromEntries(images))).host };
}

test("the first nodes of a class are made from the bake that fits, so they take little", async () => {
  const hash = await fittingHash();
  expect(await shareOfNewNode(configWith(undefined), await engineWith(hash), 0)).toBe(BAKED_NODE_SHARE);
  expect(await shareOfNewNode(configWith(undefined), await engineWith(), 0)).toBe(NODE_SHARE);
  expect(await shareOfNewNode(configWith("none"), await engineWith(hash), 0)).toBe(NODE_SHARE);
});

test("further nodes are, where the class has that bake", async () => {
  const hash = await fittingHash();
  expect(await shareOfNewNode(configWith(hash), await engineWith(hash), 2)).toBe(BAKED_NODE_SHARE);
  expect(await shareOfNewNode(configWith(undefined), await engineWith(hash), 2)).toBe(NODE_SHARE);
  const old = "0123456789ab";
  expect(await shareOfNewNode(configWith(old), await engineWith(hash, old), 2)).toBe(NODE_SHARE);
});
