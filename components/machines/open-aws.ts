import { userInfo } from "node:os";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { renderUserData, type UserDataValues } from "../../cloud-init/user-data";
import { type Expiry, expiryOf, expiryProblems } from "../../config/expiry";
import { configErrorText } from "../../config/parse";
import { runError } from "../../config/run-error";
import type { LabConfig } from "../../config/schema";
import { dockerInstallation } from "../docker-installation";
import { trivyInstallation } from "../trivy";
import { AwsTarget } from "./aws";
import type { NetworkArgs } from "./aws-network";
import { type AwsFacts, architectureOf, awsProblems, readAwsFacts } from "./aws-preflight";
import { isAnswered } from "./aws-questions";
import { type ClassTags, classTags } from "./aws-tags";
import { SAMPLE_KEYS, userDataProblems } from "./aws-user-data";
import type { Target } from "./machine";

/** The AWS target, ready to make machines. Throws one `RunError` with all that speaks against it, before any resource at AWS. */
export async function openAws(config: LabConfig): Promise<Target> {
  const expiry = expiryOf(config);
  const region = regionOf(config);
  const problems = [
    ...expiryProblems(expiry, new Date()),
    ...userDataProblems(renderUserData(sampleUserData(config, expiry))),
  ];
  if (region === undefined) {
    throw refusal([
      ...problems,
      "aws.region: is not set, and neither aws:region nor AWS_REGION is: set it, such as eu-central-1",
    ]);
  }
  const tags = classTags(config.owner ?? userName(), expiry);
  const provider = new aws.Provider("lab-aws", { region: region as aws.Region, defaultTags: { tags: { ...tags } } });
  const demand = { region, settings: config.aws };
  const facts = await readAwsFacts(demand, { provider });
  problems.push(...awsProblems(demand, facts));
  const target = problems.length === 0 ? targetOf(config, facts, provider, tags) : undefined;
  if (target === undefined) {
    throw refusal(problems);
  }
  return target;
}

/** What a machine of the class will be told, as far as its size goes: nobody has been asked for its architecture yet. */
function sampleUserData({ node, images, trivy, artefacts }: LabConfig, expiry: Expiry | undefined): UserDataValues {
  return {
    ...SAMPLE_KEYS,
    hostname: "node1",
    docker: dockerInstallation(node.dockerPackage, images.mirror),
    trivy: trivyInstallation(trivy, { platform: "linux/amd64", artefactDirectory: artefacts.directory }),
    expiry,
  };
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

/** As the official provider finds it, but for our own setting, which comes first. */
function regionOf(config: LabConfig): string | undefined {
  const found = [
    config.aws.region,
    new pulumi.Config("aws").get("region"),
    process.env["AWS_REGION"],
    process.env["AWS_DEFAULT_REGION"],
  ];
  return found.find((region) => region !== undefined && region !== "");
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without a name, as in some containers.
    return process.env["USER"] ?? "unknown";
  }
}

function refusal(problems: readonly string[]): Error {
  return runError(configErrorText(problems));
}
