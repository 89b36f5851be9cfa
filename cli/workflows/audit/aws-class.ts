import { userName } from "../../../adapters/files/own-machine";
import type { StackConfig } from "../../../adapters/pulumi/stack-config";
import { settingAt } from "../../../config/settings";
import { regionOf } from "../../../core/aws/facts";
import type { StateResource } from "../../../core/class-state/state-resource";

/** By what everything of a class at AWS is known. Others may have a class of the same name: the owner is part of it. */
export interface ClassTags {
  readonly lab: string;
  readonly class: string;
  readonly owner: string;
}

/** A class at AWS. */
export interface AwsClass {
  readonly region: string;
  readonly tags: ClassTags;
}

const PROJECT = "lab-nodes";

/**
 * Where a stack's class is, and its tags: as the state has them, since settings may have changed after it was made; for an
 * empty state as the settings say now. Undefined when nobody says which region.
 */
export function awsClassOf(stack: string, { resources, config, environment }: AwsClassSources): AwsClass | undefined {
  const ofState = saidIn(resources.find(({ type }) => type === "pulumi:providers:aws")?.inputs["region"]);
  const ofStack = saidIn(config.read("aws")["region"]);
  const region = ofState ?? regionOf(saidIn(settingAt(config.read(), "aws.region")), { ofStack, environment });
  const owners = [...resources.map(({ inputs }) => ownerIn(inputs["tags"])), config.read()["owner"]];
  const owner = owners.map(saidIn).find((name) => name !== undefined);
  return region === undefined
    ? undefined
    : { region, tags: { lab: PROJECT, class: stack, owner: owner ?? userName() } };
}

/** What knows of a class. */
export interface AwsClassSources {
  readonly resources: readonly StateResource[];
  readonly config: Pick<StackConfig, "read">;
  readonly environment: NodeJS.ProcessEnv;
}

function ownerIn(tags: unknown): unknown {
  return typeof tags === "object" && tags !== null ? (tags as Record<string, unknown>)["owner"] : undefined;
}

function saidIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
