import { readdirSync } from "node:fs";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { settingAt } from "../../../config/settings";
import { regionOf } from "../../../core/aws/facts";
import type { Runtime } from "../../../core/command-context";

/** A stack of the target aws, as far as it decides what its machines start from. */
export interface AwsStack {
  readonly stack: string;
  readonly region: string | undefined;
  /** The setting `aws.ami`. */
  readonly ami: string | undefined;
}

/** All stacks of this clone that are for AWS. */
export function awsStacks({ programDirectory, environment }: Runtime): AwsStack[] {
  const stacks = readdirSync(programDirectory).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  return stacks.sort().flatMap((stack) => {
    const config = new StackConfig(programDirectory, stack);
    const raw = config.read();
    const ofStack = saidIn(config.read("aws")["region"]);
    const region = regionOf(saidIn(settingAt(raw, "aws.region")), { ofStack, environment });
    return raw["target"] === "aws" ? [{ stack, region, ami: saidIn(settingAt(raw, "aws.ami")) }] : [];
  });
}

function saidIn(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
