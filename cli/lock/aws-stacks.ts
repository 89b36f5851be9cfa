import { readdirSync } from "node:fs";
import { settingAt } from "../../config/settings";
import { StackConfig } from "../pulumi/stack-config";
import type { Surroundings } from "../surroundings";

/** A stack of the target aws, as far as it decides what its machines start from. */
export interface AwsStack {
  readonly stack: string;
  readonly region: string | undefined;
  /** The setting `aws.ami`. */
  readonly ami: string | undefined;
}

/** All stacks of this clone that are for AWS. */
export function awsStacks({ programDirectory, environment }: Surroundings): AwsStack[] {
  const stacks = readdirSync(programDirectory).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return stacks.sort().flatMap((stack) => {
    const config = new StackConfig(programDirectory, stack);
    const raw = config.read();
    const ofProvider = config.read("aws")["region"];
    const regions = [
      settingAt(raw, "aws.region"),
      ofProvider,
      environment["AWS_REGION"],
      environment["AWS_DEFAULT_REGION"],
    ];
    const [region, ami] = [regions.find(isSaid), settingAt(raw, "aws.ami")].map((value) =>
      isSaid(value) ? value : undefined,
    );
    return raw["target"] === "aws" ? [{ stack, region, ami }] : [];
  });
}

function isSaid(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
