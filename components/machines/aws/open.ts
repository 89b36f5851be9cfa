import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { userName } from "../../../adapters/files/own-machine";
import { expiryProblems, standingExpiry } from "../../../config/expiry";
import { configErrorText } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import { isAnswered } from "../../../core/aws/answers";
import {
  type Architecture,
  type AwsFacts,
  type AwsOrigin,
  awsDemand,
  originOf,
  readAwsFacts,
  regionOf,
} from "../../../core/aws/facts";
import { awsProblems, NO_REGION, problemText } from "../../../core/aws/preflight";
import { pinned } from "../../pinned";
import { runError } from "../../run-error";
import type { Target } from "../machine";
import { type AwsBakeQueries, type AwsImageChoice, chooseAwsImage } from "./bakes";
import type { NetworkArgs } from "./network";
import { providerBakeQueries } from "./provider-bakes";
import { providerQueries } from "./provider-queries";
import { sampleUserDataProblems } from "./sample-user-data";
import { type ClassTags, classTags } from "./tags";
import { AwsTarget } from "./target";

/** The AWS target, ready to create machines. Throws one `RunError` with all problems, before any resource at AWS is created. */
export async function openAws(config: LabConfig): Promise<Target> {
  const now = new Date();
  const standing = standingExpiry(config, now);
  const ofStack = new pulumi.Config("aws").get("region");
  const region = regionOf(config.aws.region, { ofStack, environment: process.env });
  const problems = [...expiryProblems(standing, now), ...sampleUserDataProblems(config)];
  if (region === undefined) {
    throw refusal([...problems, problemText(NO_REGION)]);
  }
  const tags = classTags(config.owner ?? userName(), standing);
  const provider = new aws.Provider("lab-aws", { region: region as aws.Region, defaultTags: { tags: { ...tags } } });
  const demand = awsDemand(config, region, pinned());
  const facts = await readAwsFacts(demand, providerQueries({ provider }));
  problems.push(...awsProblems(demand, facts).map(problemText));
  const origin = originOf(facts);
  const place = placeOf(facts);
  // A missing answer of AWS is already one of the problems.
  if (problems.length > 0 || origin === undefined || place === undefined) {
    throw refusal(problems);
  }
  const image = await imageOf(config, origin, region, providerBakeQueries(tags, { provider }));
  return targetOf(config, { architecture: origin.architecture, place, image, provider, tags });
}

/** The image that machines are created from; warns if the configured bake is not used. */
async function imageOf(
  config: LabConfig,
  origin: AwsOrigin,
  region: string,
  queries: AwsBakeQueries,
): Promise<AwsImageChoice> {
  const choice = await chooseAwsImage(config, origin, region, queries);
  if (choice.unfit !== undefined) {
    await pulumi.log.warn(
      `aws.bake: ${choice.unfit}; creating machines without a bake; run ./lab bake to create a new one`,
    );
  }
  return choice;
}

/** What AWS answered for a valid config. */
interface FoundAtAws {
  readonly architecture: Architecture;
  readonly place: NetworkArgs["place"];
  readonly image: AwsImageChoice;
  readonly provider: aws.Provider;
  readonly tags: ClassTags;
}

function targetOf(
  { aws: settings, artefacts, portal, portalPort }: LabConfig,
  { architecture, place, image, provider, tags }: FoundAtAws,
): Target {
  const { instanceType, rootGigabytes, spot, allowedCidrs = [], portalCidrs = allowedCidrs } = settings;
  return new AwsTarget({
    provider,
    tags,
    network: { allowedCidrs, place, portal: portal === "node" ? { port: portalPort, cidrs: portalCidrs } : undefined },
    instance: {
      instanceType,
      platform: `linux/${architecture}`,
      ami: image.ami,
      oldMachines: image.oldMachines,
      rootGigabytes,
      market: spot ? "spot" : "on-demand",
      artefactDirectory: artefacts.directory,
    },
  });
}

function placeOf({ subnet, zones }: AwsFacts): NetworkArgs["place"] | undefined {
  if (subnet !== undefined) {
    return isAnswered(subnet) ? { subnet: { id: subnet.value.id, vpcId: subnet.value.vpcId } } : undefined;
  }
  const zone = isAnswered(zones) ? zones.value[0] : undefined;
  return zone === undefined ? undefined : { zone };
}

function refusal(problems: readonly string[]): Error {
  return runError(configErrorText(problems));
}
