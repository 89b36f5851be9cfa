import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureNodeImage } from "../support/aws/node-image";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { expectSuccess } from "../support/lab-facts";

interface Audited {
  readonly stack: string;
  readonly leftovers: readonly { readonly what: string; readonly remove: string }[];
}

/** A class whose state is empty and of which there is something of each kind, beside things that are none of its own. */
describe("what is left of a class", () => {
  let lab: LabClone;
  let image: string;
  let foreign: readonly string[];
  const mine = () => `stray-of-${lab.stack}`;
  const pushed = () => `127.0.0.1:${lab.sshPort + 4}/hello:${lab.stack}-v0.1`;

  beforeAll(async () => {
    lab = await makeLabClone();
    image = await ensureNodeImage();
    expectSuccess(await lab.pulumi("stack", "init", lab.stack));
    const settings = { "images.delivery": "registry", "images.registryPort": String(lab.sshPort + 4) };
    for (const [name, value] of Object.entries(settings)) {
      expectSuccess(await lab.pulumi("config", "set", "--path", name, value));
    }
    await possess(mine(), lab.stack);
    await lab.docker.getImage(image).tag({ repo: pushed().replace(/:[^:]+$/, ""), tag: `${lab.stack}-v0.1` });
    for (const folder of ["ssh", "cards"]) {
      mkdirSync(join(lab.directory, ".lab", lab.stack, folder), { recursive: true });
    }
    await possess(`foreign-to-${lab.stack}`, undefined);
    await possess(`second-beside-${lab.stack}`, `${lab.stack}-2`);
    writeFileSync(join(lab.directory, `Pulumi.${lab.stack}-2.yaml`), "config: {}\n");
    foreign = await othersThings();
    expect(foreign).toHaveLength(6);
  });
  afterAll(async () => {
    for (const name of [mine(), `foreign-to-${lab.stack}`, `second-beside-${lab.stack}`]) {
      await lab.docker
        .getContainer(name)
        .remove({ force: true })
        .catch(() => undefined);
      await lab.docker
        .getVolume(name)
        .remove()
        .catch(() => undefined);
      await lab.docker
        .getNetwork(name)
        .remove()
        .catch(() => undefined);
    }
    await lab.docker
      .getImage(pushed())
      .remove()
      .catch(() => undefined);
    await lab.remove();
  });

  /** One container, volume and network of this name. Without a stack they are nobody's of ours. */
  async function possess(name: string, stack: string | undefined): Promise<void> {
    const labels = stack === undefined ? {} : { "lab-nodes.stack": stack };
    await lab.docker.createContainer({ name, Image: image, Labels: labels });
    await lab.docker.createVolume({ Name: name, Labels: labels });
    await lab.docker.createNetwork({ Name: name, Labels: labels });
  }

  /** Ids of all that a test made and that is not the class's. */
  async function othersThings(): Promise<string[]> {
    const filters = { name: [`foreign-to-${lab.stack}`, `second-beside-${lab.stack}`] };
    const [containers, { Volumes }, networks] = await Promise.all([
      lab.docker.listContainers({ all: true, filters }),
      lab.docker.listVolumes({ filters }),
      lab.docker.listNetworks({ filters }),
    ]);
    return [...containers.map(({ Id }) => Id), ...Volumes.map(({ Name }) => Name), ...networks.map(({ Id }) => Id)];
  }

  async function audit(...words: string[]): Promise<{ exitCode: number; labs: Audited[]; kept: object[] }> {
    const { exitCode, stdout } = await lab.lab("audit", "--json", ...words);
    return { exitCode, ...JSON.parse(stdout) };
  }

  const leftovers = () => [
    `the container ${mine()}`,
    `the volume ${mine()}`,
    `the network ${mine()}`,
    `the key folder .lab/${lab.stack}/ssh`,
    `the folder of cards .lab/${lab.stack}/cards`,
  ];

  test("is listed by `lab audit`, exit 1, and nothing of others is", async () => {
    const { exitCode, labs, kept } = await audit();
    expect(exitCode).toBe(1);
    expect(labs.map(({ leftovers }) => leftovers.map(({ what }) => what).sort())).toEqual([
      [...leftovers(), `the image ${pushed()}`].sort(),
    ]);
    expect(kept).toContainEqual(expect.objectContaining({ what: `the image ${image}` }));
  });

  test("is listed for each class of the folder by `--all`", async () => {
    const { exitCode, labs } = await audit("--all");
    expect(exitCode).toBe(1);
    const second = labs.find(({ stack }) => stack === `${lab.stack}-2`);
    expect(second?.leftovers.map(({ what }) => what)).toEqual(
      ["container", "volume", "network"].map((kind) => `the ${kind} second-beside-${lab.stack}`),
    );
    expect(labs.find(({ stack }) => stack === lab.stack)?.leftovers).toHaveLength(6);
  });

  test("makes `lab down` end with 1 and the commands that remove it; image names it takes away itself", async () => {
    const { exitCode, stdout, stderr } = await lab.lab("down");
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`resources of the lab "${lab.stack}" still exist:`);
    for (const what of leftovers()) {
      expect(stderr).toContain(`  - ${what}\n`);
    }
    expect(stderr).not.toMatch(/the image|foreign-to|second-beside/);
  });

  test("goes by those commands, and then `lab audit` and `lab down` say so; things of others are untouched", async () => {
    const [left] = (await audit()).labs;
    for (const { remove } of left?.leftovers ?? []) {
      execFileSync("bash", ["-c", remove], { cwd: lab.directory, env: { ...process.env, ...lab.environment } });
    }
    expect(existsSync(join(lab.directory, ".lab", lab.stack, "ssh"))).toBe(false);
    const { stdout } = expectSuccess(await lab.lab("audit"));
    expect(stdout).toContain(`The lab "${lab.stack}" is down: no container, volume, network or key of it is left.`);
    expect(expectSuccess(await lab.lab("down")).stdout).toContain("Saved for the next lab: ");
    expect((await othersThings()).sort()).toEqual([...foreign].sort());
  });
});
