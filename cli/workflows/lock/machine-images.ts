import { readdirSync } from "node:fs";
import { DescribeImagesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { openClients } from "../../../adapters/aws/clients";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { settingAt } from "../../../config/settings";
import { ask, isAnswered, refusalText } from "../../../core/aws/answers";
import { ARCHITECTURES, type Architecture, CANONICAL, regionOf, ubuntuParameter } from "../../../core/aws/facts";
import type { Runtime } from "../../../core/command-context";

/** Canonical's current image of Ubuntu 24.04. Rejects with a reason for a person. */
export async function currentUbuntu(region: string, architecture: Architecture): Promise<string> {
  const answer = await ask(askForUbuntu(region, architecture));
  if (isAnswered(answer)) {
    return answer.value;
  }
  throw new Error(
    answer.refusal.kind === "credentials"
      ? `AWS does not take your credentials (${refusalText(answer)}): set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`
      : refusalText(answer),
  );
}

async function askForUbuntu(region: string, architecture: Architecture): Promise<string> {
  const { ec2, ssm } = openClients(region);
  const Name = ubuntuParameter(architecture);
  const { Parameter: parameter } = await ssm.send(new GetParameterCommand({ Name }));
  if (parameter?.Value === undefined) {
    throw new Error(`the parameter ${Name} is empty`);
  }
  await requireCanonicals(ec2, parameter.Value, architecture);
  return parameter.Value;
}

/** Whatever the parameter says: an image of Ubuntu's is Canonical's, and made for the architecture that was asked for. */
export async function requireCanonicals(ec2: EC2Client, id: string, architecture: Architecture): Promise<void> {
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));
  if (image?.OwnerId !== CANONICAL) {
    throw new Error(`${id} belongs to ${image?.OwnerId ?? "nobody"}, not to Canonical (${CANONICAL})`);
  }
  if (ARCHITECTURES[image.Architecture ?? ""] !== architecture) {
    throw new Error(`${id} is made for ${image.Architecture}, not for ${architecture}`);
  }
}

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
