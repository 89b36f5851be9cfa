import { describe, expect, test } from "vitest";
import { RULES } from "../../../policies/rules";

const INSTANCE = "aws:ec2/instance:Instance";
const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
const DIGEST = `sha256:${"0".repeat(64)}`;

const TAGS = { lab: "lab-nodes", class: "dev", owner: "ana", expires: "12h", Name: "lab-dev-node1", seat: "seat01" };

/** An instance that breaks no rule. */
const GOOD_INSTANCE = {
  ami: "ami-0123456789abcdef0",
  metadataOptions: { httpTokens: "required" },
  rootBlockDevice: { encrypted: true },
  instanceInitiatedShutdownBehavior: "terminate",
  tags: TAGS,
  volumeTags: TAGS,
};

type Props = Readonly<Record<string, unknown>>;

function broken(type: string, props: Props): Record<string, string[]> {
  const found = RULES.map((rule) => [rule.name, rule.violations({ type, props })] as const);
  return Object.fromEntries(found.filter(([, violations]) => violations.length > 0));
}

function ingress(rule: Props) {
  return { tags: TAGS, ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, ...rule }] };
}

test("every rule has a name of its own", () => {
  expect(new Set(RULES.map(({ name }) => name)).size).toBe(RULES.length);
});

test("a good instance breaks none", () => {
  expect(broken(INSTANCE, GOOD_INSTANCE)).toEqual({});
});

describe("an instance breaks exactly one rule", () => {
  test.each([
    ["imds-v2", { metadataOptions: { httpTokens: "optional" } }],
    ["imds-v2", { metadataOptions: undefined }],
    ["encrypted-volumes", { rootBlockDevice: { encrypted: false } }],
    ["encrypted-volumes", { rootBlockDevice: undefined }],
    ["encrypted-volumes", { ebsBlockDevices: [{ encrypted: true }, { encrypted: false }] }],
    ["tagged", { tags: { ...TAGS, owner: undefined } }],
    ["tagged", { tags: { ...TAGS, seat: "" } }],
    ["tagged", { volumeTags: undefined }],
    ["time-to-live", { instanceInitiatedShutdownBehavior: "stop" }],
    ["time-to-live", { instanceInitiatedShutdownBehavior: undefined }],
    ["time-to-live", { tags: { ...TAGS, expires: "never" } }],
    ["pinned-machine-images", { ami: undefined }],
    ["pinned-machine-images", { ami: "resolve:ssm:/aws/service/canonical" }],
  ])("%s: %j", (rule, props) => {
    expect(Object.keys(broken(INSTANCE, { ...GOOD_INSTANCE, ...props }))).toEqual([rule]);
  });

  test("and is told all that is missing", () => {
    expect(broken(INSTANCE, { ...GOOD_INSTANCE, volumeTags: { lab: "lab-nodes" } })).toEqual({
      tagged: ["volumeTags must have class, owner, expires, Name, seat"],
    });
  });
});

describe("SSH", () => {
  test.each([
    [SECURITY_GROUP, ingress({ cidrBlocks: ["203.0.113.0/24", "0.0.0.0/0"] })],
    [SECURITY_GROUP, ingress({ cidrBlocks: ["0.0.0.0/1"] })],
    [SECURITY_GROUP, ingress({ ipv6CidrBlocks: ["::/0"] })],
    [SECURITY_GROUP, ingress({ fromPort: 0, toPort: 65535, cidrBlocks: ["0.0.0.0/0"] })],
    [SECURITY_GROUP, ingress({ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] })],
    [
      "aws:ec2/securityGroupRule:SecurityGroupRule",
      { type: "ingress", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] },
    ],
    [
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "0.0.0.0/0" },
    ],
  ])("must not be open: %s %j", (type, props) => {
    expect(Object.keys(broken(type, props))).toEqual(["no-open-ssh"]);
  });

  test.each([
    [SECURITY_GROUP, ingress({ cidrBlocks: ["203.0.113.0/24", "10.0.0.0/8"] })],
    [SECURITY_GROUP, ingress({ fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] })],
    [SECURITY_GROUP, ingress({ protocol: "udp", cidrBlocks: ["0.0.0.0/0"] })],
    [SECURITY_GROUP, { tags: TAGS, egress: [{ protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }] }],
    [
      "aws:ec2/securityGroupRule:SecurityGroupRule",
      { type: "egress", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] },
    ],
  ])("may be, or something else may: %s %j", (type, props) => {
    expect(broken(type, props)).toEqual({});
  });
});

describe("others", () => {
  test.each([
    ["tagged", "aws:ec2/vpc:Vpc", { tags: { ...TAGS, class: undefined } }],
    ["encrypted-volumes", "aws:ebs/volume:Volume", {}],
    ["platform-set", "docker:index/image:Image", { build: { context: "." } }],
    ["platform-set", "docker:index/image:Image", { build: { platform: "linux/386" } }],
    ["pinned-images", "docker:index/image:Image", { build: { platform: "linux/amd64", args: { BASE: "debian:12" } } }],
    ["pinned-images", "docker:index/container:Container", { image: "nginx:1.27" }],
    ["pinned-images", "docker:index/container:Container", {}],
    ["pinned-images", "command:local:Command", { environment: { LAB_BASE_IMAGES: "ubuntu:latest ubuntu:24.04" } }],
    [
      "pinned-images",
      "command:remote:Command",
      { environment: { LAB_BASE_IMAGES: `alpine:latest alpine:3.22@${DIGEST}\nubuntu:latest ubuntu:24.04` } },
    ],
  ])("%s is broken by %s %j", (rule, type, props) => {
    expect(Object.keys(broken(type, props))).toEqual([rule]);
  });

  test.each([
    ["aws:ebs/volume:Volume", { encrypted: true }],
    ["docker:index/image:Image", { build: { platform: "linux/arm64", args: { BASE: `debian:12@${DIGEST}` } } }],
    ["docker:index/container:Container", { image: "lab-nodes/node:0123456789ab" }],
    ["command:remote:Command", { create: "bash -s" }],
    ["random:index/randomPet:RandomPet", {}],
  ])("none is broken by %s %j", (type, props) => {
    expect(broken(type, props)).toEqual({});
  });
});
