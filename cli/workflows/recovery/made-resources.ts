import { dockerClient } from "../../../adapters/docker/client";
import type { OpenedStack } from "../../../adapters/pulumi/open-stack";
import type { Checkpoint } from "../../../adapters/pulumi/state";
import type { StateResource } from "../../../core/class-state/state-resource";
import { containerName, ofStack } from "../../../core/resource-names";

/** A resource of a stack on a Docker Engine. */
export interface DockerResource {
  /** Address of the Engine. */
  readonly host: string;
  readonly kind: "container" | "volume";
  /** For a volume its name. */
  readonly id: string;
  readonly name: string;
}

/** The containers and volumes on a Docker Engine with a stack's label. */
export async function labelledResources(host: string, stack: string): Promise<DockerResource[]> {
  const docker = dockerClient(host);
  const filters = ofStack(stack);
  const [containers, { Volumes }] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listVolumes({ filters }),
  ]);
  return [
    ...containers.map((one) => ({ host, kind: "container" as const, id: one.Id, name: containerName(one) })),
    ...(Volumes ?? []).map(({ Name }) => ({ host, kind: "volume" as const, id: Name, name: Name })),
  ];
}

/** Those whose name is of the kind that this stack gives, too. A repair touches nothing else. */
export async function dockerResources(host: string, stack: string): Promise<DockerResource[]> {
  return (await labelledResources(host, stack)).filter(({ name }) => name.startsWith(`lab-${stack}-`));
}

/** Resources that a state does not contain, so that Pulumi never removes them. */
export function unknownTo(state: readonly StateResource[], resources: readonly DockerResource[]): DockerResource[] {
  const known = new Set(state.map(({ id }) => id));
  return resources.filter(({ id }) => !known.has(id));
}

/** Removes containers, then volumes, which they use. One that no longer exists is no error. */
export async function removeDockerResources(resources: readonly DockerResource[]): Promise<void> {
  for (const { host, kind, id } of [...resources].sort((a, b) => a.kind.localeCompare(b.kind))) {
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

/** Kinds of resources in the audit of AWS, by Pulumi type. */
const KINDS: Readonly<Record<string, string>> = {
  "aws:ec2/instance:Instance": "instance",
  "aws:ec2/vpc:Vpc": "VPC",
  "aws:ec2/subnet:Subnet": "subnet",
  "aws:ec2/securityGroup:SecurityGroup": "security group",
  "aws:ec2/internetGateway:InternetGateway": "internet gateway",
  "aws:ec2/routeTable:RouteTable": "route table",
};

/**
 * Resources whose creation was cut off after AWS had made them: id by urn. They are found by the class's tags and a `Name`
 * that nothing else has.
 */
export async function findMadeAtAws(
  { stack, config }: Pick<OpenedStack, "stack" | "config">,
  { resources, pending }: Checkpoint,
): Promise<ReadonlyMap<string, string>> {
  const created = pending.filter(({ type, resource }) => type === "creating" && KINDS[resource.type] !== undefined);
  if (created.length === 0) {
    return new Map();
  }
  // Loaded only for this target.
  const { awsClassOf, awsResources } = require("../audit/aws-resources") as typeof import("../audit/aws-resources");
  const awsClass = awsClassOf(stack.name, {
    resources: [...resources, ...created.map(({ resource }) => resource)],
    config,
    environment: stack.environment,
  });
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
