import type { AwsSettings } from "../../config/aws";
import type { LabLock } from "../../config/lock";
import type { LabConfig } from "../../config/schema";
import { seatsOf } from "../seats";
import { type Answer, ask, isAnswered } from "./answers";
import { quotaFor } from "./quota";

/** What a class asks of AWS. */
export interface AwsDemand {
  readonly region: string;
  readonly seats: number;
  /** Beyond one a seat. */
  readonly furtherMachines: number;
  readonly settings: AwsSettings;
  /** Machine images that lab.lock.json pins. */
  readonly pinnedImages: LabLock["aws"]["images"];
}

/** CPU architecture, as Canonical and Debian name it. */
export type Architecture = "amd64" | "arm64";

/** An instance type, as far as it matters to us. */
export interface TypeFacts {
  /** As EC2 names them: `x86_64`, `arm64`, `i386`. */
  readonly supportedArchitectures: readonly string[];
  /** `on-demand`, `spot`. */
  readonly supportedUsagesClasses: readonly string[];
  readonly vcpus: number;
}

/** A subnet that is there already. */
interface SubnetFacts {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
}

/** A machine image that is there. */
interface MachineImage {
  readonly id: string;
  /** As EC2 names it: `x86_64` or `arm64`. */
  readonly architecture: string;
}

/** What machines start from. */
export interface AwsOrigin {
  readonly architecture: Architecture;
  readonly image: MachineImage;
}

/** vCPUs that run already and count towards the class's quota. */
export interface VcpuUsage {
  readonly byClass: number;
  readonly byOthers: number;
}

/** What AWS said. Undefined: it was not asked. */
export interface AwsFacts {
  readonly type: Answer<TypeFacts>;
  /** Zones of the region that offer the type. */
  readonly zones: Answer<readonly string[]>;
  readonly subnet: Answer<SubnetFacts> | undefined;
  readonly image: Answer<MachineImage> | undefined;
  /** vCPUs that the account may have at once, of the class's kind. */
  readonly quota: Answer<number> | undefined;
  /** Undefined for the program: its provider has no function that tells. */
  readonly usage: Answer<VcpuUsage> | undefined;
}

/** Who puts the questions: the program by its provider's functions, `lab` by AWS's own clients. Each rejects when AWS refuses. */
export interface AwsQueries {
  instanceType(instanceType: string): Promise<TypeFacts>;
  zonesWith(instanceType: string): Promise<readonly string[]>;
  subnet(id: string): Promise<SubnetFacts>;
  /** An SSM parameter. */
  parameter(name: string): Promise<string>;
  /** A machine image; only one of this owner's, where one is given. */
  image(id: string, owner: string | undefined): Promise<MachineImage>;
  /** A quota of EC2. */
  quota(code: string): Promise<number>;
  usage: (() => Promise<VcpuUsage>) | undefined;
}

/** The account that publishes Ubuntu's images. */
export const CANONICAL = "099720109477";

const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x86_64: "amd64", arm64: "arm64" };

/** An architecture that EC2 names, as Canonical names it; undefined for one that is neither of ours. */
export function knownArchitecture(name: string): Architecture | undefined {
  return ARCHITECTURES[name];
}

/** The architecture of an instance type's machines; undefined when it is neither of ours. */
export function architectureOf(type: Answer<TypeFacts>): Architecture | undefined {
  return isAnswered(type)
    ? type.value.supportedArchitectures.flatMap((name) => knownArchitecture(name) ?? [])[0]
    : undefined;
}

/** What machines start from, without a bake; undefined when AWS has not said it. */
export function originOf({ type, image }: Pick<AwsFacts, "type" | "image">): AwsOrigin | undefined {
  const architecture = architectureOf(type);
  return architecture === undefined || image === undefined || !isAnswered(image)
    ? undefined
    : { architecture, image: image.value };
}

/** Asks AWS all that has to be known before the first resource. Never rejects: an answer may be a refusal. */
export async function readAwsFacts(demand: AwsDemand, queries: AwsQueries): Promise<AwsFacts> {
  const { instanceType, subnetId } = demand.settings;
  const quota = quotaFor(demand.settings);
  const [typeAndImage, zones, subnet, limit, usage] = await Promise.all([
    readTypeAndImage(demand, queries),
    ask(queries.zonesWith(instanceType)),
    subnetId === undefined ? undefined : ask(queries.subnet(subnetId)),
    quota === undefined ? undefined : ask(queries.quota(quota.code)),
    quota === undefined || queries.usage === undefined ? undefined : ask(queries.usage()),
  ]);
  return { ...typeAndImage, zones, subnet, quota: limit, usage };
}

/** The part of it that says what machines start from. */
export async function readTypeAndImage(
  demand: AwsDemand,
  queries: AwsQueries,
): Promise<Pick<AwsFacts, "type" | "image">> {
  const type = await ask(queries.instanceType(demand.settings.instanceType));
  const architecture = architectureOf(type);
  const image = architecture === undefined ? undefined : await ask(findImage(demand, architecture, queries));
  return { type, image };
}

/** The image that machines start from: the user's, else the lock file's, else Canonical's current one. Rejects when it is not there. */
async function findImage(demand: AwsDemand, architecture: Architecture, queries: AwsQueries): Promise<MachineImage> {
  const { ami } = demand.settings;
  if (ami !== undefined) {
    return queries.image(ami, undefined);
  }
  const pinned = demand.pinnedImages[demand.region]?.[architecture];
  // Whatever the lock file or the parameter say: an image of Ubuntu's is Canonical's.
  return queries.image(pinned ?? (await queries.parameter(ubuntuParameter(architecture))), CANONICAL);
}

/** Canonical's public parameter that names its current image of Ubuntu 24.04. */
export function ubuntuParameter(architecture: Architecture): string {
  return `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`;
}

type ClassSettings = Pick<LabConfig, "seats" | "spares" | "moved" | "portal" | "aws">;

/** What a class asks of AWS, by its settings. */
export function awsDemand(config: ClassSettings, region: string, lock: LabLock): AwsDemand {
  return {
    region,
    seats: config.seats,
    furtherMachines: furtherMachines(config),
    settings: config.aws,
    pinnedImages: lock.aws.images,
  };
}

/** How many machines a class has beyond one a seat: spares, without places that were left, and the portal's. */
export function furtherMachines(config: Omit<ClassSettings, "aws">): number {
  return seatsOf(config).length - config.seats + (config.portal === "node" ? 1 : 0);
}

/** "3 seats", "3 seats and 1 further machine". */
export function describeMachines({ seats, furtherMachines: further }: Pick<AwsDemand, "seats" | "furtherMachines">) {
  const also = further === 0 ? "" : ` and ${further} further ${further === 1 ? "machine" : "machines"}`;
  return `${seats} ${seats === 1 ? "seat" : "seats"}${also}`;
}

/** Where a region can be said, beside our own setting. */
export interface RegionSources {
  /** The stack's `aws:region`, a setting of the provider's. */
  readonly ofStack: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** As the official provider finds it, but for our own setting, which comes first. Undefined: nobody says. */
export function regionOf(setting: string | undefined, { ofStack, environment }: RegionSources): string | undefined {
  const found = [setting, ofStack, environment["AWS_REGION"], environment["AWS_DEFAULT_REGION"]];
  return found.find((region) => region !== undefined && region !== "");
}
