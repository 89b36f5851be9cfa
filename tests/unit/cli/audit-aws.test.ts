import { describe, expect, test } from "vitest";
import { userName } from "../../../adapters/files/own-machine";
import { leftoverAt, listingCommand } from "../../../cli/workflows/audit/aws";
import {
  type AwsClassSources,
  type AwsResource,
  type AwsResourceKind,
  awsClassOf,
} from "../../../cli/workflows/audit/aws-resources";
import type { StateResource } from "../../../core/class-state/state-resource";

function resource(type: string, inputs: Record<string, unknown>): StateResource {
  return {
    urn: `urn:pulumi:dev::lab-nodes::${type}::x`,
    type,
    name: "x",
    id: "x-1",
    inputs,
    outputs: {},
    madeOn: undefined,
  };
}

function sources({
  resources = [],
  settings = {},
  environment = {},
}: {
  resources?: StateResource[];
  settings?: Record<string, Record<string, unknown>>;
  environment?: NodeJS.ProcessEnv;
}): AwsClassSources {
  return { resources, environment, config: { read: (namespace = "lab-nodes") => settings[namespace] ?? {} } };
}

describe("where a class is, and how it is known", () => {
  const tags = { lab: "lab-nodes", class: "dev", owner: "ana", expires: "12h" };

  test("is what the state says, whatever the settings have become", () => {
    const resources = [
      resource("pulumi:providers:aws", { region: "eu-central-1" }),
      resource("aws:ec2/routeTableAssociation:RouteTableAssociation", {}),
      resource("aws:ec2/vpc:Vpc", { tags }),
    ];
    const settings = { "lab-nodes": { owner: "ben", aws: { region: "us-east-1" } } };
    expect(awsClassOf("dev", sources({ resources, settings }))).toEqual({
      region: "eu-central-1",
      tags: { lab: "lab-nodes", class: "dev", owner: "ana" },
    });
  });

  test.each([
    [{ settings: { "lab-nodes": { aws: { region: "eu-north-1" } }, aws: { region: "us-east-1" } } }, "eu-north-1"],
    [{ settings: { aws: { region: "us-east-1" } }, environment: { AWS_REGION: "us-west-1" } }, "us-east-1"],
    [{ environment: { AWS_REGION: "", AWS_DEFAULT_REGION: "us-west-2" } }, "us-west-2"],
    [{}, undefined],
  ])("is what the settings say once the state is empty: %j", (given, region) => {
    expect(awsClassOf("dev", sources(given))?.region).toBe(region);
  });

  test("has the owner of the settings, else the user", () => {
    const environment = { AWS_REGION: "eu-north-1" };
    const settings = { "lab-nodes": { owner: "ben" } };
    expect(awsClassOf("dev", sources({ settings, environment }))?.tags.owner).toBe("ben");
    expect(awsClassOf("dev", sources({ environment }))?.tags.owner).toBe(userName());
  });
});

describe("something that is left at AWS", () => {
  const left = (kind: AwsResourceKind, id: string, more: Partial<AwsResource> = {}) =>
    leftoverAt("eu-north-1", { kind, id, name: "", attachedTo: [], ...more });

  test("is named with its tag, and comes with the command that removes it", () => {
    expect(left("VPC", "vpc-1", { name: "lab-dev-vpc" })).toEqual({
      what: "the VPC vpc-1 (lab-dev-vpc)",
      remove: "aws ec2 delete-vpc --vpc-id vpc-1 --region eu-north-1",
    });
  });

  test.each([
    ["network interface", "eni-1", "aws ec2 delete-network-interface --network-interface-id eni-1 --region eu-north-1"],
    ["volume", "vol-1", "aws ec2 delete-volume --volume-id vol-1 --region eu-north-1"],
    ["key pair", "key-1", "aws ec2 delete-key-pair --key-pair-id key-1 --region eu-north-1"],
    ["security group", "sg-1", "aws ec2 delete-security-group --group-id sg-1 --region eu-north-1"],
    ["subnet", "subnet-1", "aws ec2 delete-subnet --subnet-id subnet-1 --region eu-north-1"],
    ["route table", "rtb-1", "aws ec2 delete-route-table --route-table-id rtb-1 --region eu-north-1"],
  ] as const)("a %s", (kind, id, command) => {
    expect(left(kind, id)).toEqual({ what: `the ${kind} ${id}`, remove: command });
  });

  test("an instance is waited for: other things hang on it", () => {
    expect(left("instance", "i-1").remove).toBe(
      "aws ec2 terminate-instances --instance-ids i-1 --region eu-north-1" +
        " && aws ec2 wait instance-terminated --instance-ids i-1 --region eu-north-1",
    );
  });

  test("a gateway is detached first", () => {
    expect(left("internet gateway", "igw-1", { attachedTo: ["vpc-1"] }).remove).toBe(
      "aws ec2 detach-internet-gateway --internet-gateway-id igw-1 --vpc-id vpc-1 --region eu-north-1" +
        " && aws ec2 delete-internet-gateway --internet-gateway-id igw-1 --region eu-north-1",
    );
  });
});

test("a person asks AWS by the class's tags", () => {
  const tags = { lab: "lab-nodes", class: "dev", owner: "ana" };
  expect(listingCommand({ region: "eu-north-1", tags })).toBe(
    "aws resourcegroupstaggingapi get-resources --region eu-north-1 --tag-filters Key=lab,Values=lab-nodes Key=class,Values=dev",
  );
});
