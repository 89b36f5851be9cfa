import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BAKE_LABEL } from "../../../components/machines/bake/bakes";
import { ofStack } from "../../../components/machines/labels";
import { removeMatching } from "../../support/docker-leftovers";
import { type LabClone, makeLabClone } from "../../support/lab-clone";
import { expectSuccess, nodesOf } from "../../support/lab-facts";
import { bakeryOf, startBake } from "../../support/running-bake";

let lab: LabClone;
let hash: string | undefined;

beforeAll(async () => {
  lab = await makeLabClone();
  // A bake of this test's own, whatever others this machine has.
  appendFileSync(join(lab.directory, "components/machines/bake/files/clean-node.sh"), `# ${lab.stack}\n`);
});
afterAll(async () => {
  await lab.lab("down");
  await lab.lab("bake", "--remove", hash ?? "none");
  await removeMatching(lab.docker, ofStack(bakeryOf(lab)));
  await lab?.remove();
});

test("killed while its image is being made, a bake is not used; the next one clears it away and ends well", async () => {
  const bake = startBake(lab);
  await bake.untilItSays("keeping it as an image");
  bake.signal("SIGKILL");
  await bake.ended;

  const preview = expectSuccess(await lab.lab("preview", "--ssh-port", String(lab.sshPort)));
  expect(preview.stderr).not.toContain("are made from the bake");
  expect((await lab.docker.listContainers({ all: true, filters: ofStack(bakeryOf(lab)) })).length).toBe(1);

  const second = expectSuccess(await lab.lab("bake", "--json"));
  const baked = JSON.parse(second.stdout) as { hash: string; name: string; made: boolean };
  hash = baked.hash;
  expect(baked.made).toBe(true);
  const images = await lab.docker.listImages({ filters: { label: [`${BAKE_LABEL}=${hash}`] } });
  expect(images.map(({ RepoTags }) => RepoTags)).toEqual([[baked.name]]);
  expect(await lab.docker.listContainers({ all: true, filters: ofStack(bakeryOf(lab)) })).toEqual([]);

  expectSuccess(await lab.lab("up"));
  const nodes = await Promise.all((await nodesOf(lab)).map(({ id }) => lab.docker.getContainer(id).inspect()));
  expect(nodes.map(({ Config }) => Config.Image)).toEqual([baked.name]);
});
