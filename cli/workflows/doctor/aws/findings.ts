import { DescribeRegionsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { distance } from "fastest-levenshtein";
import { type Answer, isAnswered, isRefused, refusalText } from "../../../../core/aws/answers";
import { type AwsDemand, type AwsFacts, architectureOf } from "../../../../core/aws/facts";
import { awsProblems, credentialsProblem } from "../../../../core/aws/preflight";
import { quotaFor } from "../../../../core/aws/quota";
import { bad, type Finding, good, warning } from "../render";

/** The account and user or role of the credentials. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** AWS's answers to all queries but those for prices. */
export interface AwsAnswers {
  readonly identity: Answer<Identity>;
  readonly regions: Answer<readonly RegionFacts[]>;
  readonly facts: AwsFacts;
}

/** Findings from answers, without those that only follow from an earlier one. */
export function awsFindings(demand: AwsDemand, { identity, regions, facts }: AwsAnswers): Finding[] {
  if (isRefused(identity, "unreachable")) {
    // No reason to refuse a class: Pulumi's provider may use a proxy that AWS's clients for Node.js do not.
    const text = `cannot be reached from here (${refusalText(identity)}): nothing of it was checked`;
    const advice = "it is asked without a proxy; Pulumi's own provider asks again, before the first resource";
    return [warning("AWS", text, advice)];
  }
  const credentials = identityFinding(identity);
  if (credentials.verdict === "bad") {
    return [credentials];
  }
  const region = regionFinding(demand.region, regions);
  if (region.verdict === "bad") {
    return [credentials, region];
  }
  const problems = awsProblems(demand, facts).map(({ subject, text, advice }) => bad(subject, text, advice));
  const withProblems = new Set(problems.map(({ subject }) => subject));
  const rest = [region, ...goodFindings(demand, facts), ...quotaFindings(demand, facts)];
  return [credentials, ...rest.filter(({ subject }) => !withProblems.has(subject)), ...problems];
}

function identityFinding(identity: Answer<Identity>): Finding {
  if (isAnswered(identity)) {
    const { account, arn } = identity.value;
    return good("credentials", `account ${account}, ${arn}`);
  }
  return isRefused(identity, "credentials")
    ? { ...credentialsProblem(identity), verdict: "bad" }
    : warning("credentials", `AWS did not return the caller identity (${refusalText(identity)})`);
}

/** What is as it should be, unless a problem says otherwise. */
function goodFindings({ region, settings, pinnedImages }: AwsDemand, facts: AwsFacts): Finding[] {
  const { type, zones, subnet, image } = facts;
  const findings: Finding[] = [];
  const architecture = architectureOf(type);
  if (isAnswered(type) && isAnswered(zones) && architecture !== undefined) {
    const text = `${settings.instanceType}, ${type.value.vcpus} vCPUs, ${architecture}, offered in ${zones.value.join(", ")}`;
    findings.push(good("aws.instanceType", text));
  }
  if (subnet !== undefined && isAnswered(subnet)) {
    const { id, vpcId, availabilityZone } = subnet.value;
    findings.push(good("aws.subnetId", `${id} in ${availabilityZone}, of ${vpcId}`));
  }
  if (image !== undefined && isAnswered(image)) {
    const pinned = architecture !== undefined && pinnedImages[region]?.[architecture] !== undefined;
    const ubuntu = pinned ? "the Ubuntu 24.04 that lab.lock.json pins" : "Canonical's current Ubuntu 24.04";
    const source = settings.ami === undefined ? ubuntu : "as it is set";
    findings.push(good("aws.ami", `${image.value.id}, ${image.value.architecture}: ${source}`));
  }
  return findings;
}

/** The vCPU quota, if AWS does not say that it is too small. */
function quotaFindings({ seats, furtherMachines, settings }: AwsDemand, { type, quota, usage }: AwsFacts): Finding[] {
  if (!isAnswered(type)) {
    return [];
  }
  const subject = "vCPU quota";
  const required = (seats + furtherMachines) * type.value.vcpus;
  const advice = `the class needs ${required} vCPUs: look in AWS's console under Service Quotas`;
  const kind = quotaFor(settings);
  if (kind === undefined || quota === undefined) {
    return [warning(subject, `which one counts for ${settings.instanceType} is not known here`, advice)];
  }
  if (!isAnswered(quota)) {
    return [warning(subject, `AWS did not return it (${refusalText(quota)})`, `${advice}, "${kind.name}"`)];
  }
  if (usage === undefined || !isAnswered(usage)) {
    const reason = usage === undefined ? "" : ` (${refusalText(usage)})`;
    const text = `${quota.value}; AWS did not return how many are in use${reason}`;
    return [warning(subject, text, `the class needs ${required} of them`)];
  }
  const { byClass, byOthers } = usage.value;
  const text = `${required} of ${quota.value} for this class (${byClass} run already), ${byOthers} in use by others`;
  return [good(subject, text)];
}

/** A region of AWS. */
export interface RegionFacts {
  readonly name: string;
  /** Whether the account uses it: most regions since 2019 must be enabled. */
  readonly enabled: boolean;
}

/** Edits between a region and its misspelling. */
const NEAR = 2;

/** Every region that AWS has for accounts of this kind. */
export async function readRegions(ec2: EC2Client): Promise<RegionFacts[]> {
  const { Regions: regions = [] } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
  return regions.map(({ RegionName: name = "", OptInStatus: status }) => ({
    name,
    enabled: status !== "not-opted-in",
  }));
}

/** Whether the region exists and the account may use it. */
function regionFinding(region: string, regions: Answer<readonly RegionFacts[]>): Finding {
  const subject = "aws.region";
  if (!isAnswered(regions)) {
    return warning(subject, `${region}; AWS does not list its regions (${refusalText(regions)})`);
  }
  const found = regions.value.find(({ name }) => name === region);
  if (found === undefined) {
    const names = regions.value.filter(({ enabled }) => enabled).map(({ name }) => name);
    const near = names.filter((name) => distance(name, region) <= NEAR).sort();
    const advice = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `regions are: ${names.sort().join(", ")}`;
    return bad(subject, `AWS has no region ${region}`, advice);
  }
  return found.enabled
    ? good(subject, region)
    : bad(
        subject,
        `${region} is not enabled for this account`,
        `enable it: aws account enable-region --region-name ${region}`,
      );
}
