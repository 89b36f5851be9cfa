import { describe, expect, test } from "vitest";
import { RULES } from "../../policies/rules";
import { awsClass, awsConfig, GOOD_ANSWERS } from "../support/aws-class";
import { findResource, inventory, MODES, userDataOf } from "../support/mocks";

const INSTANCE = "aws:ec2/instance:Instance";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const OPERATORS = "203.0.113.0/24";
const STUDENTS = "198.51.100.0/24";

/** A class of two at AWS with its portal on a machine of its own. */
function portalConfig(raw: Record<string, unknown> = {}) {
  return awsConfig({ seats: 2, portal: "node", portalPort: 8444, ...raw });
}

describe.each(MODES)("a portal on a machine of a class at AWS, in %s mode", (mode) => {
  test("is exactly these resources more, and seats' machines are what they are without it", async () => {
    const without = (await awsClass(mode, awsConfig({ seats: 2 }))).resources;
    const { resources, refusal } = await awsClass(mode, portalConfig());
    expect(refusal).toBeUndefined();
    const others = inventory(without);
    expect(inventory(resources)).toHaveLength(others.length + 5);
    expect(inventory(resources).filter((line) => !others.includes(line))).toEqual([
      `${INSTANCE} portal`,
      `${GROUP} lab-portal`,
      "command:remote:Command portal-ready",
      "lab-nodes:index:PortalNode portal",
      "tls:index/privateKey:PrivateKey portal-host-key",
    ]);
    for (const machine of ["seat01-node1", "seat02-node1"]) {
      expect(findResource(resources, `${INSTANCE} ${machine}`)).toEqual(
        findResource(without, `${INSTANCE} ${machine}`),
      );
    }
  });

  test("and its instance is as the others: IMDSv2, encrypted, an end to its bill, tags, in the class's subnet", async () => {
    const { resources } = await awsClass(mode, portalConfig());
    const seat = findResource(resources, `${INSTANCE} seat01-node1`).inputs;
    const { inputs, options } = findResource(resources, `${INSTANCE} portal`);
    const tags = { ...(seat["tags"] as object), seat: "portal", Name: "lab-test-portal" };
    const own = ["userDataBase64", "vpcSecurityGroupIds"];
    const shared = Object.fromEntries(Object.entries(seat).filter(([name]) => !own.includes(name)));
    expect(inputs).toMatchObject({ ...shared, tags, volumeTags: tags });
    expect(options.ignoreChanges).toEqual(["ami"]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["a network of the class's own", {}],
    ["a subnet that is there already", { subnetId: "subnet-00000001", spot: true }],
    ["the portal open to all the world", { portalCidrs: "0.0.0.0/0", allowAnywhere: true }],
  ])("breaks no policy, with %s", async (_, aws) => {
    const { resources } = await awsClass(mode, portalConfig({ aws }));
    const violations = resources.flatMap(({ type, inputs }) =>
      RULES.flatMap((rule) => rule.violations({ type, props: inputs })),
    );
    expect(violations).toEqual([]);
  });
});

describe("the security groups", () => {
  test("let the students' networks in to the portal, and the portal's machine to all by SSH", async () => {
    const { resources } = await awsClass("update", portalConfig({ aws: { portalCidrs: STUDENTS } }));
    expect(findResource(resources, `${GROUP} lab-portal`).inputs).toMatchObject({
      vpcId: "lab-vpc-id",
      ingress: [{ protocol: "tcp", fromPort: 8444, toPort: 8444, cidrBlocks: [STUDENTS] }],
    });
    expect(findResource(resources, `${GROUP} lab-portal`).inputs).not.toHaveProperty("egress");
    expect(findResource(resources, `${GROUP} lab-ssh`).inputs["ingress"]).toEqual([
      {
        description: "SSH",
        protocol: "tcp",
        fromPort: 22,
        toPort: 22,
        cidrBlocks: [OPERATORS],
        securityGroups: ["lab-portal-id"],
      },
    ]);
    expect(findResource(resources, `${INSTANCE} portal`).inputs["vpcSecurityGroupIds"]).toEqual([
      "lab-ssh-id",
      "lab-portal-id",
    ]);
  });

  test("let the operators' networks in to the portal where no others are named", async () => {
    const { resources } = await awsClass("update", portalConfig());
    expect(findResource(resources, `${GROUP} lab-portal`).inputs["ingress"]).toMatchObject([
      { cidrBlocks: [OPERATORS] },
    ]);
  });

  test("are in the VPC of a subnet that is there already", async () => {
    const { resources } = await awsClass("update", portalConfig({ aws: { subnetId: "subnet-00000001" } }));
    expect(findResource(resources, `${GROUP} lab-portal`).inputs["vpcId"]).toBe("vpc-of-others");
    expect(findResource(resources, `${INSTANCE} portal`).inputs["subnetId"]).toBe("subnet-00000001");
  });

  test("are as ever in a class without a portal, whatever networks it would have", async () => {
    const { resources } = await awsClass("update", awsConfig({ aws: { portalCidrs: STUDENTS } }));
    expect(findResource(resources, `${GROUP} lab-ssh`).inputs["ingress"]).toEqual([
      { description: "SSH", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [OPERATORS] },
    ]);
  });
});

describe("its machine", () => {
  const portalMachine = async (raw: Record<string, unknown>) => {
    const { resources } = await awsClass("update", portalConfig(raw));
    return findResource(resources, `${INSTANCE} portal`);
  };

  test("gets its own host key by user data, secret, and no other private key nor a student's", async () => {
    const machine = await portalMachine({});
    const parts = userDataOf(machine);
    expect(parts.match(/private-of-[\w-]+/g)).toEqual(["private-of-portal-host-key"]);
    expect(parts).not.toContain("student-key");
    expect(JSON.stringify(machine.inputs["userDataBase64"])).toContain("1b47061264138c4ac30d75fd1eb44270");
  });

  test("ends when seats do, and is told a later end as they are", async () => {
    const { parts } = JSON.parse(userDataOf(await portalMachine({ expires: "7h" })));
    expect(JSON.stringify(parts)).toContain(JSON.stringify('{"seconds":25200}').slice(1, -1));
    const { resources } = await awsClass("update", portalConfig({ extended: "2096-12-01T20:00Z" }));
    const { inputs } = findResource(resources, "command:remote:Command portal-extension");
    expect(inputs["environment"]).toEqual({ LAB_END: "2096-12-01T20:00:00Z" });
    expect(JSON.stringify(inputs["connection"])).toContain("public-of-portal-host-key");
  });

  test("counts towards the quota, and so do spares", async () => {
    const answers = { ...GOOD_ANSWERS, "aws:servicequotas/getServiceQuota:getServiceQuota": () => ({ value: 32 }) };
    expect((await awsClass("preview", portalConfig({ seats: 15 }), answers)).refusal).toBeUndefined();
    expect((await awsClass("preview", portalConfig({ seats: 16 }), answers)).refusal).toContain(
      "vCPU quota: 16 seats and 1 further machine with 2 vCPUs each need 34; your account may have 32: set seats to 15 at most",
    );
    const spares = awsConfig({ seats: 15, spares: 2 });
    expect((await awsClass("preview", spares, answers)).refusal).toContain(
      "15 seats and 2 further machines with 2 vCPUs each",
    );
  });
});
