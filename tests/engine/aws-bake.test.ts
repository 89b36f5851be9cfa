import { DescribeImagesCommand, DescribeSnapshotsCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AwsResource, awsResources, livingInstances } from "../support/aws/account";
import { type AwsLab, bakeryMachines, makeAwsLab } from "../support/aws/aws-lab";
import { type StubQuotasAndPrices, startStubQuotasAndPrices } from "../support/aws/stub-quotas-and-prices";
import { CURRENT_IMAGES } from "../support/aws/ubuntu-images";
import { editFile, expectSuccess, onNode } from "../support/lab-facts";

interface Baked {
  readonly name: string;
  readonly hash: string;
  readonly made: boolean;
  readonly cost: string;
}

/** One bake at AWS, and a class that is made from it. */
describe("a bake at AWS (the API is moto's, machines are containers, a machine image is one's files and volume)", () => {
  let aws: AwsLab;
  let prices: StubQuotasAndPrices;
  let before: AwsResource[];
  let baked: Baked;

  beforeAll(async () => {
    prices = await startStubQuotasAndPrices({ quotas: {}, prices: { "t3.medium": 0.048 }, snapshot: 0.054 });
    aws = await makeAwsLab("eu-central-1", { "aws.allowedCidrs": "203.0.113.0/24", owner: "teacher" });
    Object.assign(aws.lab.environment, prices.environment);
    before = await awsResources(aws.ec2);
    baked = JSON.parse(expectSuccess(await aws.lab.lab("bake", "--json")).stdout) as Baked;
  });
  afterAll(async () => {
    await aws?.remove();
    await prices?.stop();
  });

  const images = async () => (await aws.ec2.send(new DescribeImagesCommand({ Owners: ["self"] }))).Images ?? [];
  const snapshots = async () => {
    const { Snapshots = [] } = await aws.ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"] }));
    return Snapshots.filter(({ Tags = [] }) => Tags.some(({ Key }) => Key === "bake"));
  };

  test("leaves nothing but a machine image and its snapshot, tagged alike, and says what they cost", async () => {
    expect(baked).toMatchObject({ made: true, name: expect.stringMatching(/^ami-/) });
    expect(baked.cost).toBe("at most 0.81 USD a month");
    const tags = [
      { Key: "lab", Value: "lab-nodes" },
      { Key: "owner", Value: "teacher" },
      { Key: "bake", Value: baked.hash },
      { Key: "bake-state", Value: "ready" },
    ];
    expect(await images()).toMatchObject([{ ImageId: baked.name, State: "available" }]);
    for (const [one, ...others] of [await images(), await snapshots()]) {
      expect(others).toEqual([]);
      expect(one?.Tags).toEqual(expect.arrayContaining(tags));
    }
    expect(await awsResources(aws.ec2)).toEqual(before);
    expect(await aws.lab.docker.listContainers({ all: true, filters: bakeryMachines(aws.lab) })).toEqual([]);
  });

  test("is what a new class is made from, images and all; the gate and the lesson's own check pass on it", async () => {
    const { stderr } = expectSuccess(await aws.lab.lab("up"));
    expect(stderr).toContain(`nodes are made from the bake ${baked.hash} (${baked.name})`);
    expect((await livingInstances(aws.ec2)).map(({ ImageId }) => ImageId)).toEqual([baked.name]);
    const { seats } = JSON.parse(expectSuccess(await aws.lab.lab("status", "--json")).stdout);
    expect(seats).toMatchObject([{ state: "ready", verdict: { outcome: "passed" } }]);
    // Built here, the image would be younger than the machine.
    const [created, born] = await Promise.all([
      onNode(aws.lab, "docker", "image", "inspect", "--format", "{{.Created}}", "hello:v0.1"),
      onNode(aws.lab, "stat", "--format", "%W", "/var/lib/cloud/instance/user-data.txt"),
    ]);
    expect(Date.parse(created) / 1000).toBeLessThan(Number(born));
  });

  test("its machine has identities of its own, and cloud-init has run on it from the beginning", async () => {
    const [instance] = await livingInstances(aws.ec2);
    expect(await onNode(aws.lab, "cat", "/var/lib/cloud/data/instance-id")).toBe(instance?.InstanceId);
    expect(await onNode(aws.lab, "cat", "/etc/machine-id")).toMatch(/^[0-9a-f]{32}$/);
    expect(await onNode(aws.lab, "cat", "/var/log/cloud-init.log")).not.toContain("up-to-date");
    expect(await onNode(aws.lab, "sh", "-c", "wc -l < /root/.ssh/authorized_keys")).toBe("1");
  });

  test("is in use: listed with its machine, it cannot be removed", async () => {
    expect(expectSuccess(await aws.lab.lab("bake", "--list")).stdout).toMatch(
      new RegExp(`^${baked.hash} .* <= .* GB +lab-${aws.lab.stack}-node1$`, "m"),
    );
    const { exitCode, stderr } = await aws.lab.lab("bake", "--remove", baked.hash);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`The bake ${baked.hash} is in use`)]);
    expect(await images()).toHaveLength(1);
  });

  test("nothing changes the second time: pulumi up --refresh", async () => {
    expectSuccess(await aws.lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--refresh"));
  });

  test("that is out of date for the lesson alone keeps its machine; for the machine, the new one comes without it", async () => {
    editFile(aws.lab, "images/debian/hello/v0.2/index.js", "this is v0.2", "this is another v0.2");
    const changed = await changes();
    expect(changed).toContainEqual(expect.stringMatching(/^update .*::node1-hello-v0\.2$/));
    expect(changed.filter((change) => change.includes("instance:Instance"))).toEqual([]);
    editFile(aws.lab, "cloud-init/files/daemon.json", "{", '{ "debug": false,');
    const steps = (await previewed()).filter(({ urn }) => urn.endsWith("aws:ec2/instance:Instance::node1"));
    expect(steps.map(({ op }) => op)).toEqual(expect.arrayContaining([expect.stringContaining("replace")]));
    expect(new Set(steps.flatMap(({ newState }) => newState?.inputs?.ami ?? []))).toEqual(new Set([UBUNTU]));
  });

  test("that does not fit is not taken for a new class, and gone it leaves no image, snapshot or machine", async () => {
    expectSuccess(await aws.lab.lab("down"));
    expect(expectSuccess(await aws.lab.lab("preview")).stderr).toContain(
      `the bake ${baked.hash} does not fit any more`,
    );
    expectSuccess(await aws.lab.lab("bake", "--remove", baked.hash));
    expect([await images(), await snapshots(), await awsResources(aws.ec2)]).toEqual([[], [], before]);
    expect(expectSuccess(await aws.lab.lab("bake", "--list")).stdout).toContain("There are no bakes");
  });

  async function previewed(): Promise<Step[]> {
    const { stdout } = expectSuccess(await aws.lab.pulumi("preview", "--json"));
    return (JSON.parse(stdout) as { steps: Step[] }).steps;
  }

  /** Each change that an update would make, e.g. `update urn:...`; the classroom's own outputs do not count. */
  async function changes(): Promise<string[]> {
    const steps = (await previewed()).filter(
      ({ op, urn }) => op !== "same" && !urn.includes("::pulumi:pulumi:Stack::"),
    );
    return steps.map(({ op, urn }) => `${op} ${urn}`);
  }
});

interface Step {
  readonly urn: string;
  readonly op: string;
  readonly newState?: { readonly inputs?: { readonly ami?: string } };
}

const UBUNTU = CURRENT_IMAGES.find(
  ({ region, architecture }) => region === "eu-central-1" && architecture === "x86_64",
)?.id;
