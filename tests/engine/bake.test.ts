import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { utils } from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ofStack } from "../../core/resource-names";
import { removeMatching } from "../support/docker-leftovers";
import { textsInImage } from "../support/image-search";
import { type LabClone, makeLabClone } from "../support/lab-clone";
import { editFile, expectSuccess, filesUnder, nodesOf } from "../support/lab-facts";
import { bakeryOf, startBake } from "../support/running-bake";

interface Baked {
  readonly name: string;
  readonly hash: string;
  readonly made: boolean;
}

/** A bake that is killed, one that ends well, and a class of two that is made from it. */
describe("a bake", () => {
  let lab: LabClone;
  let baked: Baked;
  let secrets: string[];
  let seats: string[];

  beforeAll(async () => {
    lab = await makeLabClone();
    await killInMidBake(lab);
    [baked, secrets] = await Promise.all([bakeOf(lab), secretsOfBakery(lab)]);
    expectSuccess(await lab.lab("up", "--seats", "2", "--ssh-port", String(lab.sshPort), "--no-verify"));
    seats = (await nodesOf(lab)).map(({ id }) => id);
  }, 20 * 60_000);

  afterAll(async () => {
    await lab.lab("down");
    await lab.lab("bake", "--remove", baked?.hash ?? "none");
    await removeMatching(lab.docker, ofStack(bakeryOf(lab)));
    await lab.remove();
  });

  test("leaves of its node nothing but the image, though one before it was killed", async () => {
    expect(baked).toMatchObject({ name: `lab-nodes-bake:${baked.hash}`, made: true });
    const filters = ofStack(bakeryOf(lab));
    expect(await lab.docker.listContainers({ all: true, filters })).toEqual([]);
    expect((await lab.docker.listVolumes({ filters })).Volumes ?? []).toEqual([]);
    // Pulumi itself keeps its logs and old states, secrets encrypted, of a stack that is gone.
    const own = filesUnder(lab.directory).filter((file) => !/\/(logs|backups|history)\/|\.json\.bak/.test(file));
    expect(own.filter((file) => file.includes(bakeryOf(lab)))).toEqual([]);
  });

  test("holds no key of its node, in no layer", async () => {
    expect(secrets).toHaveLength(4);
    const control = "install-trivy: ";
    expect(await textsInImage(lab.docker, baked.name, [...secrets, control])).toEqual([control]);
  });

  test("is what a new class is made from, images and all", async () => {
    const nodes = await Promise.all(seats.map((id) => lab.docker.getContainer(id).inspect()));
    expect(nodes.map(({ Config }) => Config.Image)).toEqual([baked.name, baked.name]);
    const images = await onSeats("docker", "image", "ls", "--no-trunc", "--quiet", "hello");
    // Built twice, they would differ: apt writes the time into its logs.
    expect(images[0]?.split("\n")).toHaveLength(2);
    expect(images[1]).toBe(images[0]);
    const layers = await onSeats("find", "/var/lib/docker/overlay2", "-mindepth", "2", "-name", "diff", "-type", "l");
    expect(layers.map((text) => text.split("\n").length)).toEqual([expect.any(Number), expect.any(Number)]);
    expect(layers[0]).toContain("/var/lib/docker/overlay2/");
  });

  test("its nodes work: the lesson's container and layer steps pass", async () => {
    expectSuccess(await lab.lab("verify", "--step", "2", "4"));
  });

  test.each([
    ["machine id", ["cat", "/etc/machine-id"]],
    ["SSH host key", ["cat", "/etc/ssh/ssh_host_ed25519_key.pub"]],
    ["cloud-init instance", ["cat", "/var/lib/cloud/data/instance-id"]],
  ])("each node has a %s of its own", async (_, command) => {
    const [one, other] = await onSeats(...command);
    expect(one).toMatch(/\S{12,}/);
    expect(other).not.toBe(one);
  });

  test("its nodes share Docker's id, by which the build cache finds its results", async () => {
    const [one, other] = await onSeats("docker", "info", "--format", "{{.ID}}");
    expect(one).toMatch(/\S{12,}/);
    expect(other).toBe(one);
  });

  test.for(["up --yes --skip-preview --expect-no-changes --refresh", "preview --expect-no-changes"])(
    "nothing changes the second time: pulumi %s",
    async (words) => {
      expectSuccess(await lab.pulumi(...words.split(" ")));
    },
  );

  test("is in use: it cannot be removed", async () => {
    const { exitCode, stdout, stderr } = await lab.lab("bake", "--remove", baked.hash);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`The bake ${baked.hash} is in use`)]);
    expect(stdout).toContain(`lab-${lab.stack}-seat01-node1`);
  });

  test("that is out of date keeps the machines that run on it, and no new one is made from it", async () => {
    editFile(lab, "images/debian/hello/v0.2/index.js", "this is v0.2", "this is another v0.2");
    const changed = await operations(lab);
    expect(changed).toMatchObject({ "seat01-node1-hello-v0.2": "update" });
    expect(changed["seat01-node1"] ?? "same").toBe("same");

    expectSuccess(await lab.lab("down"));
    const preview = expectSuccess(await lab.pulumi("preview", "--json")).stdout;
    expect(machineImages(preview)).toEqual([
      expect.stringMatching(/^lab-nodes\/node:/),
      expect.stringMatching(/^lab-nodes\/node:/),
    ]);
    expect(preview).toContain("is out of date");
    expect(expectSuccess(await lab.lab("preview")).stderr).toContain("does not fit any more");
    editFile(lab, "images/debian/hello/v0.2/index.js", "this is another v0.2", "this is v0.2");
  });

  test("baked again from the same inputs is the same: its name, the packages, the base images", async () => {
    const before = await contentsOf(lab, baked.name);
    expectSuccess(await lab.lab("bake", "--remove", baked.hash));
    expect(await bakeOf(lab)).toMatchObject({ name: baked.name, made: true });
    const after = await contentsOf(lab, baked.name);
    expect(after).toEqual(before);
    expect(before.packages.split("\n").length).toBeGreaterThan(100);
    expect(before.baseImages).toMatch(/sha256:[0-9a-f]{64}/);
  });

  function onSeats(...command: string[]): Promise<string[]> {
    return Promise.all(seats.map(async (id) => (await execa("docker", ["exec", id, ...command])).stdout));
  }
});

async function bakeOf(lab: LabClone): Promise<Baked> {
  return JSON.parse(expectSuccess(await lab.lab("bake", "--json")).stdout) as Baked;
}

/** Starts a bake and kills it as soon as its node is there; its pulumi ends in order, and gives back its lock (ADR 20). */
async function killInMidBake(lab: LabClone): Promise<void> {
  const bake = startBake(lab);
  await until(async () => (await lab.docker.listContainers({ filters: ofStack(bakeryOf(lab)) })).length > 0);
  bake.signal("SIGKILL");
  await bake.ended;
  await until(async () => locksOfBakery(lab).length === 0);
}

function locksOfBakery(lab: LabClone): string[] {
  return filesUnder(lab.directory).filter((file) => /\/locks\/.*-bake\/.*\.json$/.test(file));
}

/** Both public keys and pieces of both private ones, taken while a bake is going on: afterwards they are nowhere. */
async function secretsOfBakery(lab: LabClone): Promise<string[]> {
  const folder = join(lab.directory, ".lab", bakeryOf(lab), "ssh");
  await until(async () => existsSync(join(folder, "known_hosts")));
  const [clientKey, hostPublic] = ["id_ed25519", "known_hosts"].map((file) => readFileSync(join(folder, file), "utf8"));
  const parsed = utils.parseKey(clientKey ?? "");
  if (parsed instanceof Error) {
    throw parsed;
  }
  const filters = ofStack(bakeryOf(lab));
  await until(async () => (await lab.docker.listContainers({ filters })).length > 0);
  const [node] = await lab.docker.listContainers({ filters });
  const read = ["exec", node?.Id ?? "", "cat", "/etc/ssh/ssh_host_ed25519_key"];
  const hostKey = (await execa("docker", read)).stdout;
  const hostPrivate = /BEGIN OPENSSH PRIVATE KEY-----\s+\S+\s+(\S+)/.exec(hostKey)?.[1] ?? "";
  const clientPrivate = clientKey?.split("\n")[2] ?? "";
  const clientPublic = parsed.getPublicSSH().toString("base64");
  const secrets = [clientPublic, clientPrivate, hostPrivate, hostPublic?.trim().split(" ")[2] ?? ""];
  return secrets.filter((secret) => secret.length > 40);
}

/** What `pulumi preview` would do to each resource, by name. */
async function operations(lab: LabClone): Promise<Record<string, string>> {
  const { steps } = JSON.parse(expectSuccess(await lab.pulumi("preview", "--json")).stdout) as Preview;
  return Object.fromEntries(steps.map(({ urn, op }) => [urn.slice(urn.lastIndexOf("::") + 2), op]));
}

interface Preview {
  readonly steps: { urn: string; op: string; newState?: { inputs?: { image?: string } } }[];
}

function machineImages(preview: string): (string | undefined)[] {
  const { steps } = JSON.parse(preview) as Preview;
  return steps.filter(({ urn }) => /:Container::[^:]+$/.test(urn)).map(({ newState }) => newState?.inputs?.image);
}

/** What a bake holds, as far as it does not depend on when it was made. */
async function contentsOf(lab: LabClone, image: string): Promise<{ packages: string; baseImages: string }> {
  const read = async (...command: string[]) => {
    const words = ["run", "--rm", "--network", "none", "--label", `lab-nodes.stack=${lab.stack}`, image, ...command];
    return (await execa("docker", words)).stdout;
  };
  return {
    packages: await read("dpkg-query", "--show"),
    baseImages: await read("cat", "/var/lib/lab-nodes/base-images"),
  };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) {
      throw new Error("it never came true");
    }
    await sleep(100);
  }
}
