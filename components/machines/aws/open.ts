import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { userName } from "../../../adapters/files/own-machine";
import { expiryProblems, standingExpiry } from "../../../config/expiry";
import type { LabConfig } from "../../../config/schema";
import { isAnswered } from "../../../core/aws/answers";
import { type AwsFacts, awsDemand, originOf, readAwsFacts, regionOf } from "../../../core/aws/facts";
import { awsProblems, NO_REGION, problemText } from "../../../core/aws/preflight";
import { pinned } from "../../installations";
import { configError } from "../../run-error";
import type { Target } from "../machine";
import { chooseAwsImage } from "./bakes";
import type { NetworkArgs } from "./network";
import { providerBakeQueries, providerQueries } from "./provider-queries";
import { classTags } from "./tags";
import { AwsTarget } from "./target";
import { sampleUserDataProblems } from "./user-data";

/** The AWS target, ready to create machines. Throws one `RunError` with all problems, before any resource at AWS is created. */
export async function openAws(config: LabConfig): Promise<Target> {
  const now = new Date();
  const standing = standingExpiry(config, now);
  const ofStack = new pulumi.Config("aws").get("region");
  const region = regionOf(config.aws.region, { ofStack, environment: process.env });
  const problems = [...expiryProblems(standing, now), ...sampleUserDataProblems(config)];
  if (region === undefined) {
    throw configError([...problems, problemText(NO_REGION)]);
  }
  const tags = classTags(config.owner ?? userName(), standing);
  const provider = new aws.Provider("lab-aws", { region: region as aws.Region, defaultTags: { tags: { ...tags } } });
  const demand = awsDemand(config, region, pinned());
  const facts = await readAwsFacts(demand, providerQueries({ provider }));
  problems.push(...awsProblems(demand, facts).map(problemText));
  const origin = originOf(facts);
  const location = locationOf(facts);
  // A missing answer of AWS is already one of the problems.
  if (problems.length > 0 || origin === undefined || location === undefined) {
    throw configError(problems);
  }
  const image = await chooseAwsImage(config, origin, region, providerBakeQueries(tags, { provider }));
  if (image.unfit !== undefined) {
    await pulumi.log.warn(
      `aws.bake: ${image.unfit}; creating machines without a bake; run ./lab bake to create a new one`,
    );
  }
  const { instanceType, rootGigabytes, spot, allowedCidrs = [], portalCidrs = allowedCidrs } = config.aws;
  const portal = config.portal === "node" ? { port: config.portalPort, cidrs: portalCidrs } : undefined;
  return new AwsTarget({
    provider,
    tags,
    network: { allowedCidrs, location, portal },
    instance: {
      instanceType,
      platform: `linux/${origin.architecture}`,
      ami: image.ami,
      oldMachines: image.oldMachines,
      rootGigabytes,
      market: spot ? "spot" : "on-demand",
      artefactDirectory: config.artefacts.directory,
    },
  });
}

function locationOf({ subnet, zones }: AwsFacts): NetworkArgs["location"] | undefined {
  if (subnet !== undefined) {
    return isAnswered(subnet) ? { subnet: { id: subnet.value.id, vpcId: subnet.value.vpcId } } : undefined;
  }
  const zone = isAnswered(zones) ? zones.value[0] : undefined;
  return zone === undefined ? undefined : { zone };
}
