import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsSettings } from "../../config/aws";
import { type Architecture, findImage, type MachineImage } from "./aws-image";
import { type Answer, ask, isAnswered, refusalText } from "./aws-questions";

/** What a class asks of AWS. */
export interface AwsDemand {
  readonly region: string;
  readonly settings: AwsSettings;
}

/** An instance type, as far as it matters to us. */
export interface TypeFacts {
  /** As EC2 names them: `x86_64`, `arm64`, `i386`. */
  readonly supportedArchitectures: readonly string[];
  /** `on-demand`, `spot`. */
  readonly supportedUsagesClasses: readonly string[];
}

/** A subnet that is there already. */
export interface SubnetFacts {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
}

/** What AWS said. Undefined: it was not asked. */
export interface AwsFacts {
  readonly type: Answer<TypeFacts>;
  /** Zones of the region that offer the type. */
  readonly zones: Answer<readonly string[]>;
  readonly subnet: Answer<SubnetFacts> | undefined;
  readonly image: Answer<MachineImage> | undefined;
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x86_64: "amd64", arm64: "arm64" };

/** The architecture of an instance type's machines; undefined when it is neither of ours. */
export function architectureOf(type: Answer<TypeFacts>): Architecture | undefined {
  return isAnswered(type)
    ? type.value.supportedArchitectures.flatMap((name) => ARCHITECTURES[name] ?? [])[0]
    : undefined;
}

/** Asks AWS all that has to be known before the first resource. Never rejects: an answer may be a refusal. */
export async function readAwsFacts({ region, settings }: AwsDemand, opts: pulumi.InvokeOptions): Promise<AwsFacts> {
  const { instanceType, subnetId, ami } = settings;
  const [type, zones, subnet] = await Promise.all([
    ask(aws.ec2.getInstanceType({ instanceType }, opts)),
    ask(zonesWith(instanceType, opts)),
    subnetId === undefined ? undefined : ask(aws.ec2.getSubnet({ id: subnetId }, opts)),
  ]);
  const architecture = architectureOf(type);
  const image = architecture === undefined ? undefined : await ask(findImage({ region, architecture, ami }, opts));
  return { type, zones, subnet, image };
}

async function zonesWith(instanceType: string, opts: pulumi.InvokeOptions): Promise<readonly string[]> {
  const filters = [{ name: "instance-type", values: [instanceType] }];
  const { locations } = await aws.ec2.getInstanceTypeOfferings({ locationType: "availability-zone", filters }, opts);
  return [...locations].sort();
}

/** The pure half: facts in, problems out, in the user's words. */
export function awsProblems(demand: AwsDemand, facts: AwsFacts): string[] {
  const given: readonly (Answer<unknown> | undefined)[] = [facts.type, facts.zones, facts.subnet, facts.image];
  const answers = given.filter((answer) => answer !== undefined);
  const lockedOut = answers.find((answer) => !isAnswered(answer) && answer.refusal.kind === "credentials");
  if (lockedOut !== undefined) {
    // Whatever else was asked has failed for the same reason.
    return [
      `AWS does not take your credentials (${refusalText(lockedOut)}): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and ` +
        "AWS_SECRET_ACCESS_KEY; who you are says: aws sts get-caller-identity",
    ];
  }
  return [...typeProblems(demand, facts), ...subnetProblems(demand, facts), ...imageProblems(demand, facts)];
}

function typeProblems({ region, settings }: AwsDemand, { type, zones }: AwsFacts): string[] {
  const { instanceType, spot } = settings;
  if (!isAnswered(type)) {
    return [
      `aws.instanceType: AWS knows no ${instanceType} in ${region} (${refusalText(type)}); ` +
        "the default is t3.medium, and t4g.medium for arm64",
    ];
  }
  if (architectureOf(type) === undefined) {
    const found = type.value.supportedArchitectures.join(", ");
    return [`aws.instanceType: ${instanceType} is made for ${found}; nodes need x86_64 or arm64`];
  }
  const noSpot = spot && !type.value.supportedUsagesClasses.includes("spot");
  return [
    ...(noSpot ? [`aws.spot: ${instanceType} is not to be had as a spot instance: set aws.spot to false`] : []),
    ...zoneProblems(region, instanceType, zones),
  ];
}

function zoneProblems(region: string, instanceType: string, zones: AwsFacts["zones"]): string[] {
  if (!isAnswered(zones)) {
    return [`aws.region: AWS does not say where in ${region} ${instanceType} is to be had (${refusalText(zones)})`];
  }
  return zones.value.length > 0 ? [] : [`aws.instanceType: no zone of ${region} offers ${instanceType}`];
}

function subnetProblems({ region, settings }: AwsDemand, { subnet, zones }: AwsFacts): string[] {
  if (subnet === undefined) {
    return [];
  }
  if (!isAnswered(subnet)) {
    return [`aws.subnetId: AWS shows no ${settings.subnetId} in ${region} (${refusalText(subnet)})`];
  }
  const { availabilityZone } = subnet.value;
  if (!isAnswered(zones) || zones.value.length === 0 || zones.value.includes(availabilityZone)) {
    return [];
  }
  return [
    `aws.subnetId: ${settings.subnetId} is in ${availabilityZone}, which does not offer ${settings.instanceType}; ` +
      `these do: ${zones.value.join(", ")}`,
  ];
}

function imageProblems({ region, settings }: AwsDemand, { image, type }: AwsFacts): string[] {
  if (image === undefined) {
    return [];
  }
  if (!isAnswered(image)) {
    const what = settings.ami === undefined ? "no image of Ubuntu 24.04 that is Canonical's" : `no ${settings.ami}`;
    return [`aws.ami: AWS shows ${what} in ${region} (${refusalText(image)})`];
  }
  const { id, architecture } = image.value;
  return ARCHITECTURES[architecture] === architectureOf(type)
    ? []
    : [`aws.ami: ${id} is made for ${architecture}, and ${settings.instanceType} is not: choose another of the two`];
}
