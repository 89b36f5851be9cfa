import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVolumeCommand,
  CreateVpcCommand,
  type EC2Client,
  ImportKeyPairCommand,
  type ResourceType,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { awsEvidence, findAwsLeftovers } from "../../cli/workflows/audit/aws";
import { type AwsEmulator, startAwsEmulator } from "../support/aws/emulator";
import { CURRENT_IMAGES } from "../support/aws/ubuntu-images";

const REGION = "eu-central-1";
const OURS = { lab: "lab-nodes", class: "dev", owner: "ana" };
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJm630Go9Pc9JYRdsbZOQ41kjSAS/YQxFn2998Gg09nA";

/** One of everything that a class is made of, with these tags. Gives the ids. */
async function possessOne(ec2: EC2Client, tags: Record<string, string>): Promise<string[]> {
  const name = Object.values(tags).join("-");
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const tagged = (type: ResourceType) => ({ TagSpecifications: [{ ResourceType: type, Tags }] });
  const { Vpc: vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.77.0.0/16", ...tagged("vpc") }));
  const VpcId = vpc?.VpcId;
  const { Subnet: subnet } = await ec2.send(
    new CreateSubnetCommand({ VpcId, CidrBlock: "10.77.0.0/22", ...tagged("subnet") }),
  );
  const SubnetId = subnet?.SubnetId;
  const group = await ec2.send(
    new CreateSecurityGroupCommand({ VpcId, GroupName: name, Description: name, ...tagged("security-group") }),
  );
  const { RouteTable: routes } = await ec2.send(new CreateRouteTableCommand({ VpcId, ...tagged("route-table") }));
  const { InternetGateway: gateway } = await ec2.send(new CreateInternetGatewayCommand(tagged("internet-gateway")));
  const InternetGatewayId = gateway?.InternetGatewayId;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const key = await ec2.send(
    new ImportKeyPairCommand({ KeyName: name, PublicKeyMaterial: Buffer.from(KEY), ...tagged("key-pair") }),
  );
  const volume = await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: `${REGION}a`, Size: 1, ...tagged("volume") }),
  );
  const { NetworkInterface: face } = await ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId, ...tagged("network-interface") }),
  );
  const ImageId = CURRENT_IMAGES.find(({ region }) => region === REGION)?.id;
  const { Instances: [instance] = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId,
      SubnetId,
      InstanceType: "t3.medium",
      MinCount: 1,
      MaxCount: 1,
      ...tagged("instance"),
    }),
  );
  const ids = [
    instance?.InstanceId,
    face?.NetworkInterfaceId,
    volume.VolumeId,
    key.KeyPairId,
    group.GroupId,
    SubnetId,
    routes?.RouteTableId,
    InternetGatewayId,
    VpcId,
  ];
  return ids.map((id) => id ?? "");
}

describe("what is left of a class at AWS (the API is moto's)", () => {
  let emulator: AwsEmulator;
  let ec2: EC2Client;
  let ours: string[];

  beforeAll(async () => {
    emulator = await startAwsEmulator();
    ec2 = emulator.ec2(REGION);
    // Ours come second: what is found first is somebody else's.
    await possessOne(ec2, { purpose: "shop" });
    await possessOne(ec2, { ...OURS, class: "other" });
    await possessOne(ec2, { ...OURS, lab: "another-program", class: "dev-of-another-program" });
    ours = await possessOne(ec2, OURS);
    await possessOne(ec2, { ...OURS, owner: "ben", class: "dev" });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await emulator?.stop();
  });
  beforeEach(() => {
    for (const [name, value] of Object.entries(emulator.environment)) {
      vi.stubEnv(name, value);
    }
  });

  const leftovers = () => findAwsLeftovers({ region: REGION, tags: OURS });

  test("is everything with its tags, in an order in which it can be removed, and nothing of others", async () => {
    const found = await leftovers();
    expect(found.map(({ what }) => what.split(" ").at(-1))).toEqual(ours);
    const gateway = found.find(({ what }) => what.includes("gateway"));
    expect(gateway?.remove).toContain(`detach-internet-gateway --internet-gateway-id ${ours[7]} --vpc-id ${ours[8]}`);
  });

  test("is not an instance that is terminated", async () => {
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [ours[0] ?? ""] }));
    expect((await leftovers()).map(({ what }) => what)).not.toContain(`the instance ${ours[0]}`);
  });

  test("is not looked for in another region", async () => {
    expect(await findAwsLeftovers({ region: "us-east-1", tags: OURS })).toEqual([]);
  });

  test("is told as not proven where AWS does not take the credentials, with the command that asks", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
      vi.stubEnv(name, undefined);
    }
    const { leftovers: none, unproven } = await awsEvidence({ region: REGION, tags: OURS });
    expect(none).toEqual([]);
    expect(unproven).toMatch(/^Other resources of it may be left at AWS \(.*credentials.*\)\. To list them, run: aws /);
  });

  test("is told as gone where it is", async () => {
    const gone = await awsEvidence({ region: REGION, tags: { ...OURS, class: "never-made" } });
    expect(gone).toEqual({
      leftovers: [],
      proof: `no instance, volume, key pair or network of it is left in ${REGION}, and no key here`,
    });
  });
});
