import type { AwsSettings } from "../../config/aws";
import type { LabLock } from "../../config/lock";
import type { LabConfig } from "../../config/schema";
import { seatsOf } from "../seats";
import { type Answer, ask, isAnswered } from "./answers";
import { quotaFor } from "./quota";

/** What a class needs at AWS. */
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

/** An existing subnet. */
interface SubnetFacts {
  readonly id: string;
  readonly vpcId: string;
  readonly availabilityZone: string;
}

/** An existing machine image. */
interface MachineImage {
  readonly id: string;
  /** As EC2 names it: `x86_64` or `arm64`. */
  readonly architecture: string;
}

/** Architecture and image that machines are created from. */
export interface AwsOrigin {
  readonly architecture: Architecture;
  readonly image: MachineImage;
}

/** vCPUs that run already and count towards the class's quota. */
export interface VcpuUsage {
  readonly byClass: number;
  readonly byOthers: number;
}

/** What AWS answered. Undefined: it was not asked. */
export interface AwsFacts {
  readonly type: Answer<TypeFacts>;
  /** Zones of the region that offer the type. */
  readonly zones: Answer<readonly string[]>;
  readonly subnet: Answer<SubnetFacts> | undefined;
  readonly image: Answer<MachineImage> | undefined;
  /** vCPUs that the account may have at once, of the class's kind. */
  readonly quota: Answer<number> | undefined;
  /** Undefined for the program: its provider has no function for it. */
  readonly usage: Answer<VcpuUsage> | undefined;
}

/** Queries: of the program through its provider's functions, of `lab` through AWS's own clients. Each rejects when AWS refuses. */
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

/** The architectures that nodes may have: EC2's name -> Canonical's. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = { x86_64: "amd64", arm64: "arm64" };

/** The architecture of an instance type's machines; undefined when nodes cannot have it. */
export function architectureOf(type: Answer<TypeFacts>): Architecture | undefined {
  const names = isAnswered(type) ? type.value.supportedArchitectures : [];
  return names.flatMap((name) => ARCHITECTURES[name] ?? [])[0];
}

/**
 * Architecture and image of machines without a bake; undefined if AWS did not return both, or nodes cannot have that
 * architecture.
 */
export function originOf({ type, image }: Pick<AwsFacts, "type" | "image">): AwsOrigin | undefined {
  const architecture = architectureOf(type);
  return architecture === undefined || image === undefined || !isAnswered(image)
    ? undefined
    : { architecture, image: image.value };
}

/** Reads everything that the preflight needs. Never rejects: an answer may be a refusal. */
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

/** Reads only the instance type and the machine image. Never rejects: an answer may be a refusal. */
export async function readTypeAndImage(
  demand: AwsDemand,
  queries: AwsQueries,
): Promise<Pick<AwsFacts, "type" | "image">> {
  const type = await ask(queries.instanceType(demand.settings.instanceType));
  const architecture = architectureOf(type);
  const image = architecture === undefined ? undefined : await ask(findImage(demand, architecture, queries));
  return { type, image };
}

/** The image that machines start from: the user's, else the lock file's, else Canonical's current one. Rejects when it does not exist. */
async function findImage(demand: AwsDemand, architecture: Architecture, queries: AwsQueries): Promise<MachineImage> {
  const { ami } = demand.settings;
  if (ami !== undefined) {
    return queries.image(ami, undefined);
  }
  const pinned = demand.pinnedImages[demand.region]?.[architecture];
  // Whatever the lock file or the parameter name, an Ubuntu image must be Canonical's.
  return queries.image(pinned ?? (await queries.parameter(ubuntuParameter(architecture))), CANONICAL);
}

/** Canonical's public parameter that names its current image of Ubuntu 24.04. */
export function ubuntuParameter(architecture: Architecture): string {
  return `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`;
}

/** What a class needs at AWS, by its settings. */
export function awsDemand(
  config: Pick<LabConfig, "seats" | "spares" | "moved" | "portal" | "aws">,
  region: string,
  lock: LabLock,
): AwsDemand {
  // Spares, without slots that were left, and the portal's machine.
  const furtherMachines = seatsOf(config).length - config.seats + (config.portal === "node" ? 1 : 0);
  return { region, seats: config.seats, furtherMachines, settings: config.aws, pinnedImages: lock.aws.images };
}

/** "3 seats", "3 seats and 1 further machine". */
export function describeMachines({ seats, furtherMachines: further }: Pick<AwsDemand, "seats" | "furtherMachines">) {
  const also = further === 0 ? "" : ` and ${further} further ${further === 1 ? "machine" : "machines"}`;
  return `${seats} ${seats === 1 ? "seat" : "seats"}${also}`;
}

/**
 * The class's region: our own setting, else as the official provider finds it. `ofStack` is the stack's `aws:region`, a
 * setting of the provider's. Undefined: none is set.
 */
export function regionOf(
  setting: string | undefined,
  { ofStack, environment }: { readonly ofStack: string | undefined; readonly environment: NodeJS.ProcessEnv },
): string | undefined {
  const found = [setting, ofStack, environment["AWS_REGION"], environment["AWS_DEFAULT_REGION"]];
  return found.find((region) => region !== undefined && region !== "");
}
