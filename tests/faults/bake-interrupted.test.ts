import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLocks } from "../../adapters/pulumi/stack-lock";
import { BAKE_LABEL } from "../../components/machines/local/bakes";
import { ofStack } from "../../core/resource-names";
import { removeMatching } from "../support/docker-leftovers";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { bakeryOf, startBake } from "../support/running-bake";
import { stackOf } from "../support/state-files";

let lab: LabClone;
let bakesBefore: string[];

beforeAll(async () => {
  lab = await makeLabClone();
  bakesBefore = await bakes();
});
afterAll(async () => {
  await removeMatching(lab.docker, ofStack(bakeryOf(lab)));
  await lab?.remove();
});

async function bakes(): Promise<string[]> {
  return (await lab.docker.listImages({ filters: { label: [BAKE_LABEL] } })).map(({ Id }) => Id).sort();
}

test("pulumi killed while the node of a bake is being made: lab takes the node down, saves nothing, and says so", async () => {
  const bake = startBake(lab);
  await untilNodeIsThere();
  const [engine] = (await readLocks({ ...stackOf(lab), name: bakeryOf(lab) })).living;
  process.kill(engine?.processId ?? 0, "SIGKILL");
  const { exitCode, stderr } = await bake.ended;
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(/was killed.*Nothing was saved\.\nRun \.\/lab bake again\./s),
  ]);
  await expectNothingLeft();
});

test("Ctrl-C while the node of a bake is being made: lab takes it down, saves nothing, and says so", async () => {
  const bake = startBake(lab);
  await untilNodeIsThere();
  const second = await lab.lab("bake");
  expect([second.exitCode, second.stderr]).toEqual([
    1,
    expect.stringContaining(`Another lab is at work on "${bakeryOf(lab)}": ./lab bake`),
  ]);
  bake.signal("SIGINT");
  const { exitCode, stderr } = await bake.ended;
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("stopping after the steps that are running")]);
  expect(stderr).toMatch(/Nothing was saved|this bake was not saved/);
  await expectNothingLeft();
});

async function untilNodeIsThere(): Promise<void> {
  while ((await lab.docker.listContainers({ filters: ofStack(bakeryOf(lab)) })).length === 0) {
    await sleep(100);
  }
}

async function expectNothingLeft(): Promise<void> {
  const filters = ofStack(bakeryOf(lab));
  expect(await lab.docker.listContainers({ all: true, filters })).toEqual([]);
  expect((await lab.docker.listVolumes({ filters })).Volumes ?? []).toEqual([]);
  expect(await bakes()).toEqual(bakesBefore);
  expect(existsSync(join(lab.directory, `Pulumi.${bakeryOf(lab)}.yaml`))).toBe(false);
}
