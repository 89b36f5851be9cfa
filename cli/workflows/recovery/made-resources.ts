import { dockerClient } from "../../../adapters/docker/client";
import type { OpenedStack } from "../../../adapters/pulumi/open-stack";
import type { Checkpoint } from "../../../adapters/pulumi/state";
import type { StateResource } from "../../../core/class-state/state-resource";
import { containerName, ofStack } from "../../../core/resource-names";

/** Something that a stack has on a Docker Engine. */
export interface DockerResource {
  /** Address of the Engine. */
  readonly host: string;
  readonly kind: "container" | "volume";
  /** Of a volume its name. */
  readonly id: string;
  readonly name: string;
}

/** What is on a Docker Engine with a stack's label and a name of the kind that this stack gives. Anything else there stays. */
export async function dockerResources(host: string, stack: string): Promise<DockerResource[]> {
  const docker = dockerClient(host);
  const filters = ofStack(stack);
  const [containers, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
  ]);
  const all: DockerResource[] = [
    ...containers.map((one) => ({ host, kind: "container" as const, id: one.Id, name: containerName(one) })),
    ...(Volumes ?? []).map(({ Name }) => ({ host, kind: "volume" as const, id: Name, name: Name })),
  ];
  return all.filter(({ name }) => name.startsWith(`lab-${stack}-`));
}

/** Those that a state does not know: nothing but a hand, or a repair, will ever take them away. */
export function unknownTo(resources: readonly StateResource[], things: readonly DockerResource[]): DockerResource[] {
  const known = new Set(resources.map(({ id }) => id));
  return things.filter(({ id }) => !known.has(id));
}

/** Removes things, containers first: they hold the volumes. What is gone already is gone. */
export async function removeDockerResources(things: readonly DockerResource[]): Promise<void> {
  for (const { host, kind, id } of [...things].sort((a, b) => a.kind.localeCompare(b.kind))) {
    const docker = dockerClient(host);
    const removal =
      kind === "container"
        ? docker.getContainer(id).remove({ force: true, v: true })
        : docker.getVolume(id).remove({ force: true });
    await removal.catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 404) {
        throw error;
      }
    });
  }
}

/** Names of resource types, as the audit of AWS has them. */
const KINDS: Readonly<Record<string, string>> = {
  "aws:ec2/instance:Instance": "instance",
  "aws:ec2/vpc:Vpc": "VPC",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/securityGroup:SecurityGroup": "security group",
  "aws:ec2/internetGateway:InternetGateway": "internet gateway",
  "aws:ec2/routeTable:RouteTable": "route table",
};

/**
 * Resources whose creation was cut off, and which AWS has all the same: id by urn. Found by the class's tags and the tag
 * `Name`, and taken for what they seem only when nothing else has that name.
 */
export async function findMadeAtAws(
  { stack, config }: OpenedStack,
  { resources, pending }: Checkpoint,
): Promise<ReadonlyMap<string, string>> {
  const created = pending.filter(({ type, resource }) => type === "creating" && KINDS[resource.type] !== undefined);
  if (created.length === 0) {
    return new Map();
  }
  // Loaded for this target alone.
  const { awsClassOf } = require("../audit/aws-resources") as typeof import("../audit/aws-resources");
  const { awsResources } = require("../audit/aws-resources") as typeof import("../audit/aws-resources");
  const sources = { resources: [...resources, ...created.map(({ resource }) => resource)], config };
  const awsClass = awsClassOf(stack.name, { ...sources, environment: stack.environment });
  const known = new Set(resources.map(({ id }) => id));
  const there = awsClass === undefined ? [] : (await awsResources(awsClass)).filter(({ id }) => !known.has(id));
  return new Map(
    created.flatMap(({ resource }) => {
      const same = there.filter(
        ({ kind, name }) => kind === KINDS[resource.type] && name !== "" && name === nameTag(resource.inputs["tags"]),
      );
      return same.length === 1 ? same.map(({ id }) => [resource.urn, id] as const) : [];
    }),
  );
}

function nameTag(tags: unknown): unknown {
  return typeof tags === "object" && tags !== null ? (tags as Record<string, unknown>)["Name"] : undefined;
}
