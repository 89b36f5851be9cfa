import { gzipSync } from "node:zlib";
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { DEFAULT_DOCKER_HOST, dockerClient } from "../../adapters/docker/client";
import type { PropertyMap } from "../../airgap/plugins/framework/provider";
import { type AwsEmulator, startAwsEmulator } from "../support/aws/emulator";
import { ensureNodeImage } from "../support/aws/node-image";
import { CLASS_LABEL } from "../support/aws/plugin/instance/node-container";
import { VARIABLES } from "../support/aws/plugin/instance/settings";
import { DRIVER_STACK, type Kept, PluginDriver } from "../support/aws/plugin-driver";
import { CURRENT_IMAGES, type SeededImage } from "../support/aws/ubuntu-images";
import { removeMatching } from "../support/docker-leftovers";

const INSTANCE = "aws:ec2/instance:Instance";
const USER_DATA = "#cloud-config\nlocale: false\nruncmd: [[sh, -c, 'echo booted > /root/proof']]\n";

const docker = dockerClient(process.env["DOCKER_HOST"] ?? DEFAULT_DOCKER_HOST);
const ofTest = { label: [`${CLASS_LABEL}=${DRIVER_STACK}`] };
const imageId = (architecture: SeededImage["architecture"]) =>
  CURRENT_IMAGES.find((image) => image.region === "eu-central-1" && image.architecture === architecture)?.id ?? "";

let emulator: AwsEmulator;
let plugin: PluginDriver;
let ec2: EC2Client;
let network: { subnet: Kept; group: Kept; key: Kept };

beforeAll(async () => {
  emulator = await startAwsEmulator();
  ec2 = emulator.ec2("eu-central-1");
  vi.stubEnv(VARIABLES.image, await ensureNodeImage());
  plugin = await PluginDriver.start();
  await plugin.configure({ ...emulator.provider("eu-central-1") });
  const vpc = await plugin.create("aws:ec2/vpc:Vpc", { cidrBlock: "10.40.0.0/16" });
  const inVpc = { vpcId: vpc.id };
  network = {
    subnet: await plugin.create("aws:ec2/subnet:Subnet", { ...inVpc, cidrBlock: "10.40.1.0/24" }),
    group: await plugin.create("aws:ec2/securityGroup:SecurityGroup", { ...inVpc, name: "ssh" }),
    key: await plugin.create("aws:ec2/keyPair:KeyPair", {
      keyName: "key",
      publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIM3cd9J1rVb0w1TsVvAKhxHQo4cQgkyTHx6M1Z6kgVdG operator",
    }),
  };
});
afterAll(async () => {
  await removeMatching(docker, ofTest);
  plugin?.close();
  await emulator?.stop();
  vi.unstubAllEnvs();
});

const inputs = (more: PropertyMap = {}): PropertyMap => ({
  ami: imageId("x86_64"),
  instanceType: "t3.medium",
  subnetId: network.subnet.id,
  vpcSecurityGroupIds: [network.group.id],
  keyName: network.key.id,
  associatePublicIpAddress: true,
  userDataBase64: gzipSync(USER_DATA).toString("base64"),
  userDataReplaceOnChange: true,
  instanceInitiatedShutdownBehavior: "terminate",
  metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 2 },
  rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 21, deleteOnTermination: true },
  tags: { Name: "node1", seat: "seat01" },
  volumeTags: { seat: "seat01" },
  ...more,
});

async function describeOne(id: string) {
  const answer = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return answer.Reservations?.[0]?.Instances?.[0];
}

const volumesOf = async (id: string) => {
  const Filters = [{ Name: "attachment.instance-id", Values: [id] }];
  return (await ec2.send(new DescribeVolumesCommand({ Filters }))).Volumes ?? [];
};

const containers = () => docker.listContainers({ all: true, filters: ofTest });

/** Runs a command in the only container; rejects when it fails. */
async function inMachine(...Cmd: string[]): Promise<string> {
  const [container] = await containers();
  const exec = await docker
    .getContainer(container?.Id ?? "")
    .exec({ Cmd, AttachStdout: true, AttachStderr: true, Tty: true });
  const output = await exec.start({ Tty: true });
  const chunks: Buffer[] = [];
  for await (const chunk of output) {
    chunks.push(chunk as Buffer);
  }
  const said = Buffer.concat(chunks).toString();
  if ((await exec.inspect()).ExitCode !== 0) {
    throw new Error(said);
  }
  return said;
}

describe("an instance", () => {
  test("is in the API as asked for, boots the user data that the API kept, and goes with all that it had", async () => {
    const made = await plugin.create(
      INSTANCE,
      inputs({
        instanceMarketOptions: { marketType: "spot", spotOptions: { spotInstanceType: "one-time" } },
      }),
    );
    onTestFinished(() => plugin.delete(made));
    const found = await describeOne(made.id);
    expect(found).toMatchObject({
      ImageId: imageId("x86_64"),
      InstanceType: "t3.medium",
      InstanceLifecycle: "spot",
      KeyName: "key",
      MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 2, HttpEndpoint: "enabled" },
      SubnetId: network.subnet.id,
      SecurityGroups: [{ GroupId: network.group.id }],
      PublicIpAddress: expect.stringMatching(/^\d/),
    });
    expect(found?.Tags).toEqual(
      expect.arrayContaining([
        { Key: "Name", Value: "node1" },
        { Key: "seat", Value: "seat01" },
      ]),
    );
    expect(await volumesOf(made.id)).toMatchObject([
      { Encrypted: true, VolumeType: "gp3", Size: 21, Tags: [{ Key: "seat", Value: "seat01" }] },
    ]);
    const attribute = { InstanceId: made.id, Attribute: "instanceInitiatedShutdownBehavior" } as const;
    const behavior = await ec2.send(new DescribeInstanceAttributeCommand(attribute));
    expect(behavior.InstanceInitiatedShutdownBehavior?.Value).toBe("terminate");

    const [container] = await containers();
    expect(made.outputs["publicIp"]).toBe(container?.NetworkSettings.Networks["bridge"]?.IPAddress);
    await vi.waitFor(() => inMachine("grep", "-q", "booted", "/root/proof"), { timeout: 60_000, interval: 500 });
    expect(await inMachine("cat", "/home/debian/.ssh/authorized_keys")).toContain("operator");

    expect(await plugin.read(made)).toMatchObject({ inputs: made.inputs, outputs: made.outputs });
    expect(await plugin.diff(made, inputs(made.inputs))).toEqual({ changed: [], replaces: [] });

    await plugin.delete(made);
    expect((await describeOne(made.id))?.State?.Name).toBe("terminated");
    expect(await volumesOf(made.id)).toEqual([]);
    expect(await containers()).toEqual([]);
    expect((await docker.listVolumes({ filters: ofTest })).Volumes ?? []).toEqual([]);
    expect(await plugin.read(made)).toBeUndefined();
  });

  test("that switches itself off is terminated, as its shutdown behaviour says", async () => {
    const made = await plugin.create(INSTANCE, inputs());
    onTestFinished(() => plugin.delete(made));
    await vi.waitFor(() => inMachine("systemctl", "poweroff"), { timeout: 30_000, interval: 500 });
    await vi.waitFor(async () => expect(await containers()).toMatchObject([{ State: "exited" }]), { timeout: 60_000 });
    expect(await plugin.read(made)).toBeUndefined();
    expect((await describeOne(made.id))?.State?.Name).toBe("terminated");
    expect(await containers()).toEqual([]);
  });

  test("changes in place: groups, metadata options, shutdown behaviour, disk, tags", async () => {
    const made = await plugin.create(INSTANCE, inputs());
    onTestFinished(() => plugin.delete(made));
    const changed = inputs({
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 3 },
      instanceInitiatedShutdownBehavior: "stop",
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 30, deleteOnTermination: true },
      tags: { Name: "node1", seat: "seat02" },
      volumeTags: { seat: "seat02" },
    });
    expect((await plugin.diff(made, changed)).replaces).toEqual([]);
    const before = await containers();
    const updated = await plugin.update(made, changed);
    expect((await containers()).map(({ Id }) => Id)).toEqual(before.map(({ Id }) => Id));
    expect((await describeOne(made.id))?.MetadataOptions?.HttpPutResponseHopLimit).toBe(3);
    expect(await volumesOf(made.id)).toMatchObject([{ Size: 30, Tags: [{ Key: "seat", Value: "seat02" }] }]);
    expect(updated.outputs).toMatchObject({ instanceInitiatedShutdownBehavior: "stop", tags: { seat: "seat02" } });
  });

  test("whose machine cannot boot is kept, so that it can be deleted", async () => {
    vi.stubEnv(VARIABLES.image, "lab-nodes/there-is-none:1");
    await expect(plugin.create(INSTANCE, inputs())).rejects.toThrow(/instance i-\w+ was made, but.*there-is-none/);
    vi.stubEnv(VARIABLES.image, await ensureNodeImage());
    const running = { Filters: [{ Name: "instance-state-name", Values: ["running"] }] };
    const { Reservations: reservations = [] } = await ec2.send(new DescribeInstancesCommand(running));
    const ids = reservations.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId = "" }) => InstanceId));
    expect(ids).toHaveLength(1);
    await plugin.delete({ type: INSTANCE, id: ids[0] ?? "", inputs: inputs(), outputs: inputs() });
    expect((await describeOne(ids[0] ?? ""))?.State?.Name).toBe("terminated");
    expect((await docker.listVolumes({ filters: ofTest })).Volumes ?? []).toEqual([]);
  });
});

describe("what EC2 refuses and moto lets pass", () => {
  test("an image for another architecture than the type's", async () => {
    await expect(plugin.create(INSTANCE, inputs({ instanceType: "t4g.medium" }))).rejects.toThrow(
      "The architecture 'arm64' of the specified instance type does not match the architecture 'x86_64' of the specified AMI",
    );
  });

  test("user data of more than 16 KB, before base64", async () => {
    const large = Buffer.alloc(16_385, "#").toString("base64");
    await expect(plugin.check(INSTANCE, inputs({ userDataBase64: large }))).rejects.toThrow(/limited to 16384 bytes/);
    const allowed = Buffer.alloc(16_384, "#").toString("base64");
    await plugin.check(INSTANCE, inputs({ userDataBase64: allowed }));
  });
});

test("a machine of another architecture than this host's is refused in plain words, and nothing is made", async () => {
  const [type, ami] = process.arch === "arm64" ? ["t3.medium", imageId("x86_64")] : ["t4g.medium", imageId("arm64")];
  await expect(plugin.create(INSTANCE, inputs({ instanceType: type, ami }))).rejects.toThrow(
    new RegExp(`the emulator cannot boot ${type}`),
  );
  expect(await containers()).toEqual([]);
});
