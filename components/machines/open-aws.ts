import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { expiryProblems } from "../../config/expiry";
import { standingExpiry } from "../../config/extension";
import { configErrorText } from "../../config/parse";
import { runError } from "../../config/run-error";
import type { LabConfig } from "../../config/schema";
import { pinned } from "../pinned";
import { userName } from "../user-name";
import { AwsTarget } from "./aws";
import { type AwsFacts, architectureOf, readAwsFacts } from "./aws-facts";
import type { NetworkArgs } from "./aws-network";
import { awsProblems, NO_REGION, problemText } from "./aws-preflight";
import { providerAsker } from "./aws-provider-asker";
import { isAnswered } from "./aws-questions";
import { regionOf } from "./aws-region";
import { sampleUserDataProblems } from "./aws-sample-user-data";
import { type ClassTags, classTags } from "./aws-tags";
import type { Target } from "./machine";

/** The AWS target, ready to make machines. Throws one `RunError` with all that speaks against it, before any resource at AWS. */
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
  const demand = { region, seats: config.seats, settings: config.aws, pinnedImages: pinned().aws.images };
  const facts = await readAwsFacts(demand, providerAsker({ provider }));
  problems.push(...awsProblems(demand, facts).map(problemText));
  const target = problems.length === 0 ? targetOf(config, facts, provider, tags) : undefined;
  if (target === undefined) {
    throw refusal(problems);
  }
  return target;
}

/** Undefined when AWS has not said enough, which is a problem of its own by then. */
function targetOf(
  { aws: settings, artefacts }: LabConfig,
  facts: AwsFacts,
  provider: aws.Provider,
  tags: ClassTags,
): Target | undefined {
  const architecture = architectureOf(facts.type);
  const place = placeOf(facts);
  if (architecture === undefined || place === undefined || facts.image === undefined || !isAnswered(facts.image)) {
    return undefined;
  }
  const { instanceType, rootGigabytes, spot, allowedCidrs = [] } = settings;
  return new AwsTarget({
    provider,
    tags,
    network: { allowedCidrs, place },
    instance: {
      instanceType,
      platform: `linux/${architecture}`,
      ami: facts.image.value.id,
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
