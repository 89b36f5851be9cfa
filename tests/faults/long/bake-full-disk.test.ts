import type Docker from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { dockerClient } from "../../../adapters/docker/client";
import { BAKE_LABEL } from "../../../components/machines/local/bakes";
import { ofStack } from "../../../core/resource-names";
import { type LabClone, makeLabClone } from "../../support/lab-clone";
import { expectSuccess } from "../../support/lab-facts";
import { bakeryOf, startBake } from "../../support/running-bake";
import { type SecondDockerEngine, startSecondDockerEngine } from "../../support/second-docker-engine";

let engine: SecondDockerEngine;
let docker: Docker;
let lab: LabClone;

beforeAll(async () => {
  engine = await startSecondDockerEngine({ disk: "6g" });
  docker = dockerClient(engine.host);
  lab = await makeLabClone({ dockerHost: engine.host });
});
afterAll(async () => {
  await lab?.remove();
  await engine?.stop();
});

test("a disk that runs full while a node is made a bake of: said so, nothing is kept, and the next bake ends well", async () => {
  const bake = startBake(lab);
  await bake.untilItSays("preparing the node");
  // Filling takes longer than all that the bake still writes: both at once, the bake may well be done first.
  const filler = await bake.whileItStandsStill(() => fillDisk(docker));
  const { exitCode, stderr } = await bake.ended;
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/no space left on device/i)]);
  expect(stderr).toContain("Nothing was saved");
  expect(await docker.listImages({ filters: { label: [BAKE_LABEL] } })).toEqual([]);
  expect(await docker.listContainers({ all: true, filters: ofStack(bakeryOf(lab)) })).toEqual([]);

  await filler.remove({ force: true });
  const baked = JSON.parse(expectSuccess(await lab.lab("bake", "--json")).stdout);
  expect(baked).toMatchObject({ made: true });
  expect(await docker.listImages({ filters: { label: [BAKE_LABEL] } })).toHaveLength(1);
});

/** Takes all that is free on the Engine's disk, by a container that others could have started; resolves when nothing is left. */
async function fillDisk(on: Docker): Promise<Docker.Container> {
  const [image] = await on.listImages();
  const container = await on.createContainer({
    Image: image?.Id ?? "",
    Entrypoint: ["sh", "-c", "cat /dev/zero > /filler"],
    Cmd: [],
    HostConfig: { NetworkMode: "none" },
  });
  await container.start();
  // It ends at the first byte that finds no place. What it wrote stays until it is removed.
  await container.wait();
  return container;
}
