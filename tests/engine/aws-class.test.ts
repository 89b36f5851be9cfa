import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import {
  DescribeInstanceAttributeCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
} from "@aws-sdk/client-ec2";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import lock from "../../lab.lock.json";
import { livingInstances, type Possession, possessions } from "../support/aws/account";
import { type AwsLab, makeAwsLab } from "../support/aws/aws-lab";
import type { CommandResult, LabClone } from "../support/lab-clone";
import { expectSuccess, onNode, stateOf } from "../support/lab-facts";

const OPERATORS = "203.0.113.0/24";
const HOURS = 7;

/** One lab of one seat at AWS: the whole program, its VPC to its images, on an emulated account with a machine that boots. */
describe("a lab at AWS (the API is moto's, the machine a container)", () => {
  let aws: AwsLab;
  let before: Possession[];
  let made: CommandResult;

  beforeAll(async () => {
    aws = await makeAwsLab("eu-central-1", {
      "aws.allowedCidrs": OPERATORS,
      expires: `${HOURS}h`,
      owner: "teacher",
    });
    before = await possessions(aws.ec2);
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
    return (await possessions(aws.ec2)).filter(({ id }) => !old.has(id));
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
    expectSuccess(await aws.lab.lab("verify", "--step", "1"));
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
    expect(instance?.MetadataOptions).toMatchObject({ HttpTokens: "required", HttpPutResponseHopLimit: 2 });
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

  test("everything that can have tags says whose it is and when it expires", async () => {
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
  });

  test("its user data reached EC2 compressed, under the limit", async () => {
    const InstanceId = (await onlyInstance())?.InstanceId;
    const answer = await aws.ec2.send(new DescribeInstanceAttributeCommand({ InstanceId, Attribute: "userData" }));
    const data = Buffer.from(answer.UserData?.Value ?? "", "base64");
    expect(data.length).toBeLessThanOrEqual(16_384);
    expect(gunzipSync(data).toString()).toContain("#cloud-config");
  });

  test("the timer that ends it is armed for the time that was asked for", async () => {
    const next = await onNode(
      aws.lab,
      "systemctl",
      "show",
      "--property=NextElapseUSecRealtime",
      "lab-nodes-expire.timer",
    );
    const ends = Date.parse((next.split("=")[1] ?? "").replace(/^\w+ /, ""));
    const hours = (ends - Date.now()) / 3_600_000;
    expect(hours).toBeLessThan(HOURS);
    expect(hours).toBeGreaterThan(HOURS - 0.5);
    expect(await onNode(aws.lab, "systemctl", "is-active", "lab-nodes-expire.timer")).toBe("active");
  });

  test.for(["up", "up --refresh"])("nothing changes the second time: pulumi %s", async (words) => {
    const instance = (await onlyInstance())?.InstanceId;
    expectSuccess(await aws.lab.pulumi(...words.split(" "), "--yes", "--skip-preview", "--expect-no-changes"));
    expect((await onlyInstance())?.InstanceId).toBe(instance);
  });

  test("when its time is up the instance is terminated, and the next `lab up` makes another one", async () => {
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
  });

  test("`pulumi destroy`, interrupted half-way and run again, leaves nothing in the account or on this machine", async () => {
    // The machine is the first to go, then come those that it needs: later than this there may be nothing left to stop.
    await interruptDestroy(
      aws.lab,
      async () => (await aws.lab.docker.listContainers({ filters: aws.machines })).length === 0,
    );
    expect((await fresh()).length, "the interruption came too late to show anything").toBeGreaterThan(0);
    expectSuccess(await aws.lab.pulumi("destroy", "--yes", "--skip-preview"));
    expect(await stateOf(aws.lab)).toEqual([]);
    expect(await possessions(aws.ec2)).toEqual(before);
    expect(await aws.lab.docker.listContainers({ all: true, filters: aws.machines })).toEqual([]);
    expect((await aws.lab.docker.listVolumes({ filters: aws.machines })).Volumes ?? []).toEqual([]);
  });
});

/** A VPC comes with a main route table and a group called default, which no program made. */
function isMadeByEc2(id: string, tags: Possession["tags"]): boolean {
  return /^(rtb|sg)-/.test(id) && Object.keys(tags).length === 0;
}

/** Presses Ctrl-C in the middle of a destroy: as soon as `isHalfWay`. */
async function interruptDestroy(lab: LabClone, isHalfWay: () => Promise<boolean>): Promise<void> {
  const env = JSON.parse((await lab.lab("env", "--json")).stdout) as Record<string, string>;
  const destroy = execa("pulumi", ["destroy", "--yes", "--skip-preview", "--non-interactive"], {
    cwd: lab.directory,
    env: { ...lab.environment, ...env },
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  while (destroy.exitCode === null && !(await isHalfWay())) {
    await sleep(20);
  }
  destroy.kill("SIGINT");
  const { exitCode, stdout } = await destroy;
  expect(exitCode, stdout).not.toBe(0);
}
