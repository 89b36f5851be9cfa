import type { ImageInfo } from "dockerode";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BAKE_LABEL, BAKE_REPOSITORY } from "../../../components/machines/local/bakes";
import { ofStack } from "../../../core/resource-names";
import { removeMatching } from "../../support/docker-leftovers";
import { type LabClone, makeLabClone } from "../../support/lab-clone";
import { expectSuccess } from "../../support/lab-facts";
import { bakeryOf, startBake } from "../../support/running-bake";

const COMMIT = { timeout: 120_000, interval: 20 };

/** `lab bake`, killed twice while Docker writes its image. Each test goes on where the one before it ended. */
describe("a bake that is killed while its image is written", () => {
  let lab: LabClone;
  let before: ReadonlySet<string>;
  let halfMade: ImageInfo;

  beforeAll(async () => {
    lab = await makeLabClone();
    before = new Set((await bakes()).map(({ Id }) => Id));
    await killWhileCommitting();
    await vi.waitUntil(async () => !(await isCommitting()), COMMIT);
    halfMade = await onlyHalfMade();
  });
  afterAll(async () => {
    await removeMatching(lab.docker, ofStack(bakeryOf(lab)));
    for (const { Id } of await ownBakes()) {
      await lab.docker.getImage(Id).remove({ force: true });
    }
    await lab.remove();
  });

  function bakes(): Promise<ImageInfo[]> {
    return lab.docker.listImages({ filters: { label: [BAKE_LABEL] } });
  }

  /** Those of the inputs that only this clone has; half-made ones too. */
  async function ownBakes(): Promise<ImageInfo[]> {
    return (await bakes()).filter(({ Labels }) => Labels[BAKE_LABEL] === halfMade?.Labels[BAKE_LABEL]);
  }

  async function onlyHalfMade(): Promise<ImageInfo> {
    const isUntagged = ({ RepoTags }: ImageInfo) => !(RepoTags ?? []).some((name) => name.startsWith(BAKE_REPOSITORY));
    const [image, ...others] = (await bakes()).filter((each) => !before.has(each.Id) && isUntagged(each));
    if (image === undefined || others.length > 0) {
      expect.fail(`Docker has ${others.length + (image === undefined ? 0 : 1)} new bakes without a name, not 1`);
    }
    return image;
  }

  /** Docker pauses a container for as long as it makes an image of it. */
  async function isCommitting(): Promise<boolean> {
    const filters = { ...ofStack(bakeryOf(lab)), status: ["paused"] };
    return (await lab.docker.listContainers({ filters })).length > 0;
  }

  async function killWhileCommitting(): Promise<void> {
    const bake = startBake(lab);
    await bake.untilItSays("preparing the node");
    await vi.waitUntil(isCommitting, COMMIT);
    bake.signal("SIGKILL");
    await bake.ended;
    expect(await isCommitting()).toBe(true);
  }

  async function preview(): Promise<string> {
    return expectSuccess(await lab.lab("preview", "--ssh-port", String(lab.sshPort))).stderr;
  }

  test("Docker ends what it was asked for: an image without a name, from which nothing is made", async () => {
    const { stdout } = expectSuccess(await lab.lab("bake", "--list"));
    expect(stdout).toContain(`${halfMade.Labels[BAKE_LABEL]} (half-made)`);
    expect(await preview()).not.toContain("nodes are made from the bake");
  });

  test("`lab audit` names the node and the image, and how they go; `lab down` takes the node away", async () => {
    const audit = await lab.lab("audit");
    expect(audit.exitCode).toBe(1);
    expect(audit.stdout).toContain(`the container lab-${bakeryOf(lab)}-node1, of its bake`);
    expect(audit.stdout).toContain(`./lab down --stack ${bakeryOf(lab)}\n`);
    expect(audit.stdout).toContain(`docker image rm ${halfMade.Id}`);
    expectSuccess(await lab.lab("down", "--stack", bakeryOf(lab)));
    expect((await lab.lab("audit")).exitCode).toBe(0);
  });

  test("killed again, and baked at once, while Docker still writes: one image with a name, and nothing else", async () => {
    await killWhileCommitting();
    const { made, name, hash } = JSON.parse(expectSuccess(await lab.lab("bake", "--json")).stdout);
    expect([made, hash]).toEqual([true, halfMade.Labels[BAKE_LABEL]]);
    expect((await ownBakes()).map(({ RepoTags }) => RepoTags)).toEqual([[name]]);
    const filters = ofStack(bakeryOf(lab));
    expect(await lab.docker.listContainers({ all: true, filters })).toEqual([]);
    expect((await lab.docker.listVolumes({ filters })).Volumes ?? []).toEqual([]);
    expect(await preview()).toContain(`nodes are made from the bake ${hash}`);
  });
});
