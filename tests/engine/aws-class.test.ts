import { gunzipSync } from "node:zlib";
import {
  CreateVolumeCommand,
  DescribeInstanceAttributeCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { isoTime } from "../../cli/workflows/extend/choose-end";
import lock from "../../lab.lock.json";
import { type AwsResource, awsResources, livingInstances } from "../support/aws/account";
import { type AwsLab, makeAwsLab } from "../support/aws/aws-lab";
import { interruptDestroy } from "../support/interrupt-destroy";
import type { CommandResult } from "../support/lab-clone";
import { expectSuccess, onNode, stateOf } from "../support/lab-facts";
import { timerOf } from "../support/timer";

const OPERATORS = "203.0.113.0/24";
const HOURS = 7;

/** One lab of one seat at AWS: the whole program, its VPC to its images, on an emulated account with a machine that boots. */
describe("a lab at AWS (the API is moto's, the machine a container)", () => {
  let aws: AwsLab;
  let before: AwsResource[];
  let made: CommandResult;
  /** As `lab extend` gave it. */
  let end: string;

  beforeAll(async () => {
    aws = await makeAwsLab("eu-central-1", {
      "aws.allowedCidrs": OPERATORS,
      expires: `${HOURS}h`,
      owner: "teacher",
    });
    before = await awsResources(aws.ec2);
    made = await aws.lab.lab("up");
  });
  afterAll(() => aws?.remove());

  const onlyInstance = async () => {
    const [instance, ...others] = await livingInstances(aws.ec2);
    expect(others).toEqual([]);
    return instance;
  };
  const fresh = async () => {
    const old = new Set(before.map(({ id }) => id));
    return (await awsResources(aws.ec2)).filter(({ id }) => !old.has(id));
  };

  test("`lab up` makes it, and `lab status` calls it ready at the instance's address", async () => {
    expectSuccess(made);
    const { seats } = JSON.parse(expectSuccess(await aws.lab.lab("status", "--json")).stdout);
    expect(seats).toMatchObject([
      { seat: "seat01", state: "ready", ssh: { port: 22, user: "root" }, ready: { hostname: "node1" } },
    ]);
    const [machine] = await aws.lab.docker.listContainers({ filters: aws.machines });
    expect(seats[0].ssh.host).toBe(machine?.NetworkSettings.Networks["bridge"]?.IPAddress);
  });

  test("`lab up` ended with a good verdict on the instance, and `lab verify` performs the lesson there", async () => {
    const { seats } = JSON.parse(expectSuccess(await aws.lab.lab("status", "--json")).stdout);
    expect(seats).toMatchObject([{ verdict: { kind: "quick", outcome: "passed" } }]);
    const verdict = JSON.parse(expectSuccess(await aws.lab.lab("verify", "--json")).stdout);
    expect(verdict).toMatchObject({ outcome: "passed", kind: "lesson" });
  });

  test("Trivy came with the machine's own image, or from its release, and scans", async () => {
    expect(await onNode(aws.lab, "trivy", "--version")).toContain(lock.trivy.version);
    const findings = JSON.parse(await onNode(aws.lab, "trivy", "image", "--quiet", "--format", "json", "hello:v0.1"));
    expect(findings.ArtifactName).toBe("hello:v0.1");
  });

  test("the lesson's images are on it, and run", async () => {
    expect(await onNode(aws.lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
  });

  test("its instance has IMDSv2 alone, an encrypted gp3 disk, and lets in SSH from the operators alone", async () => {
    const instance = await onlyInstance();
    expect(instance?.MetadataOptions).toMatchObject({ HttpTokens: "required", HttpPutResponseHopLimit: 1 });
    const groups = await aws.ec2.send(
      new DescribeSecurityGroupsCommand({ GroupIds: instance?.SecurityGroups?.map(({ GroupId = "" }) => GroupId) }),
    );
    expect(groups.SecurityGroups?.flatMap(({ IpPermissions = [] }) => IpPermissions)).toMatchObject([
      { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: OPERATORS }] },
    ]);
    const disk = instance?.BlockDeviceMappings?.[0]?.Ebs?.VolumeId ?? "";
    const { Volumes: volumes } = await aws.ec2.send(new DescribeVolumesCommand({ VolumeIds: [disk] }));
    expect(volumes).toMatchObject([{ Encrypted: true, VolumeType: "gp3", Size: 20 }]);
  });

  test("everything that can have tags says whose it is and when it expires, and is in its state: `lab audit` finds no more", async () => {
    // EC2 makes these along with others, and gives them no tags.
    const own = (await fresh()).filter(({ id, tags }) => !/^(eni|acl)-/.test(id) && !isMadeByEc2(id, tags));
    expect(own.map(({ id }) => id.split("-")[0]).sort()).toEqual([
      "i",
      "igw",
      "key",
      "rtb",
      "sg",
      "subnet",
      "vol",
      "vpc",
    ]);
    for (const { id, tags } of own) {
      expect(tags, id).toMatchObject({ class: aws.lab.stack, owner: "teacher", lab: "lab-nodes" });
      expect(tags["expires"], id).toMatch(/\S/);
      expect(tags["Name"] ?? "", id).toContain(aws.lab.stack);
    }
    const { labs } = JSON.parse(expectSuccess(await aws.lab.lab("audit", "--json")).stdout);
    expect(labs).toMatchObject([{ stack: aws.lab.stack, leftovers: [], unproven: null }]);
  });

  test("its user data reached EC2 compressed, under the limit", async () => {
    const InstanceId = (await onlyInstance())?.InstanceId;
    const answer = await aws.ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: "userData" }));
    const data = Buffer.from(answer.UserData?.Value ?? "", "base64");
    expect(data.length).toBeLessThanOrEqual(16_384);
    expect(gunzipSync(data).toString()).toContain("#cloud-config");
  });

  test("the timer that ends it is armed for the time that was asked for", async () => {
    const hours = ((await timerOf(aws.lab)).getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeLessThan(HOURS);
    expect(hours).toBeGreaterThan(HOURS - 0.5);
    expect(await onNode(aws.lab, "systemctl", "is-active", "lab-nodes-expire.timer")).toBe("active");
  });

  test.for(["up", "up --refresh"])("nothing changes the second time: pulumi %s", async (words) => {
    const instance = (await onlyInstance())?.InstanceId;
    expectSuccess(await aws.lab.pulumi(...words.split(" "), "--yes", "--skip-preview", "--expect-no-changes"));
    expect((await onlyInstance())?.InstanceId).toBe(instance);
  });

  test("`lab extend` moves the timer and the tags, and keeps the instance", async () => {
    const [instance, born] = [(await onlyInstance())?.InstanceId, await timerOf(aws.lab)];
    const said = JSON.parse(expectSuccess(await aws.lab.lab("extend", "--by", "2h", "--json")).stdout);
    end = said.end;
    expect(Date.parse(end) - born.getTime()).toBe(2 * 3_600_000);
    expect(isoTime(await timerOf(aws.lab))).toBe(end);
    expect((await onlyInstance())?.InstanceId).toBe(instance);
    const tagged = (await fresh()).filter(({ tags }) => "expires" in tags);
    expect(tagged).toHaveLength(8);
    expect(tagged.filter(({ tags }) => tags["expires"] !== end)).toEqual([]);
    expectSuccess(await aws.lab.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes"));
  });

  test("when its time is up the instance is terminated, and the next `lab up` makes another one, for the later end", async () => {
    const old = (await onlyInstance())?.InstanceId;
    await aws.lab.lab("ssh", "systemctl", "start", "--no-block", "lab-nodes-expire.service");
    await vi.waitFor(
      async () => {
        const machines = await aws.lab.docker.listContainers({ all: true, filters: aws.machines });
        expect(machines).toMatchObject([{ State: "exited" }]);
      },
      { timeout: 60_000, interval: 500 },
    );
    expectSuccess(await aws.lab.lab("up"));
    expect((await onlyInstance())?.InstanceId).not.toBe(old);
    expect(await onNode(aws.lab, "docker", "run", "--rm", "hello:v0.2")).toContain("this is v0.2");
    expect(isoTime(await timerOf(aws.lab))).toBe(end);
  });

  test("`pulumi destroy` interrupted half-way, then `lab down`, leave nothing in the account or on this machine", async () => {
    // The machine is the first to go, then come those that it needs: later than this there may be nothing left to stop.
    await interruptDestroy(
      aws.lab,
      async () => (await aws.lab.docker.listContainers({ filters: aws.machines })).length === 0,
    );
    expect((await fresh()).length, "the interruption came too late to show anything").toBeGreaterThan(0);
    const { stdout } = expectSuccess(await aws.lab.lab("down"));
    expect(stdout).toContain("is down: no instance, volume, key pair or network of it is left in eu-central-1");
    expect(await stateOf(aws.lab)).toEqual([]);
    expect(await awsResources(aws.ec2)).toEqual(before);
    expect(await aws.lab.docker.listContainers({ all: true, filters: aws.machines })).toEqual([]);
    expect((await aws.lab.docker.listVolumes({ filters: aws.machines })).Volumes ?? []).toEqual([]);
  });

  test("`lab down` fails over what Pulumi does not know of, names the command that removes it, and spares what is others'", async () => {
    const volume = (Tags: Record<string, string>) =>
      aws.ec2.send(
        new CreateVolumeCommand({
          AvailabilityZone: "eu-central-1a",
          Size: 1,
          TagSpecifications: [
            { ResourceType: "volume", Tags: Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })) },
          ],
        }),
      );
    const ours = { lab: "lab-nodes", class: aws.lab.stack, owner: "teacher" };
    const [left, foreign] = [await volume(ours), await volume({ ...ours, class: `${aws.lab.stack}-2` })];
    const { exitCode, stderr } = await aws.lab.lab("down");
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`aws ec2 delete-volume --volume-id ${left.VolumeId} --region eu-central-1`);
    expect(stderr).not.toContain(foreign.VolumeId);
  });
});

/** A VPC comes with a main route table and a group called default, which no program made. */
function isMadeByEc2(id: string, tags: AwsResource["tags"]): boolean {
  return /^(rtb|sg)-/.test(id) && Object.keys(tags).length === 0;
}
