import { DescribeRegionsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { distance } from "fastest-levenshtein";
import { type Answer, isAnswered, isRefused, refusalText } from "../../../../core/aws/answers";
import { type AwsDemand, type AwsFacts, architectureOf } from "../../../../core/aws/facts";
import { awsProblems, credentialsProblem } from "../../../../core/aws/preflight";
import { quotaFor } from "../../../../core/aws/quota";
import type { Finding } from "../render";

/** Who asks. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** What AWS said to all questions but that for prices. */
export interface AwsAnswers {
  readonly identity: Answer<Identity>;
  readonly regions: Answer<readonly RegionFacts[]>;
  readonly facts: AwsFacts;
}

/** Answers in, findings out. What has failed for an earlier reason alone is left out. */
export function awsFindings(demand: AwsDemand, { identity, regions, facts }: AwsAnswers): Finding[] {
  if (isRefused(identity, "unreachable")) {
    return [unreachable(identity)];
  }
  const who = identityFinding(identity);
  if (who.verdict === "bad") {
    return [who];
  }
  const where = regionFinding(demand.region, regions);
  if (where.verdict === "bad") {
    return [who, where];
  }
  const problems = awsProblems(demand, facts).map((problem): Finding => ({ ...problem, verdict: "bad" }));
  const wronged = new Set(problems.map(({ subject }) => subject));
  const rest = [where, ...goodFindings(demand, facts), ...quotaFindings(demand, facts)];
  return [who, ...rest.filter(({ subject }) => !wronged.has(subject)), ...problems];
}

/** No reason to refuse a class: Pulumi's provider may know a proxy that AWS's clients for Node.js do not use. */
function unreachable(identity: Answer<Identity>): Finding {
  return {
    subject: "AWS",
    verdict: "warning",
    text: `cannot be reached from here (${refusalText(identity)}): nothing of it was examined`,
    advice: "it is asked without a proxy; Pulumi's own provider asks again, before the first resource",
  };
}

function identityFinding(identity: Answer<Identity>): Finding {
  if (isAnswered(identity)) {
    const { account, arn } = identity.value;
    return { subject: "credentials", verdict: "good", text: `account ${account}, ${arn}`, advice: undefined };
  }
  if (isRefused(identity, "credentials")) {
    return { ...credentialsProblem(identity), verdict: "bad" };
  }
  const text = `whose they are AWS does not tell (${refusalText(identity)})`;
  return { subject: "credentials", verdict: "warning", text, advice: undefined };
}

/** What is as it should be, where nothing speaks against it. */
function goodFindings({ region, settings, pinnedImages }: AwsDemand, facts: AwsFacts): Finding[] {
  const { type, zones, subnet, image } = facts;
  const good = (subject: string, text: string): Finding => ({ subject, verdict: "good", text, advice: undefined });
  const findings: Finding[] = [];
  const architecture = architectureOf(type);
  if (isAnswered(type) && isAnswered(zones) && architecture !== undefined) {
    const offered = `offered in ${zones.value.join(", ")}`;
    findings.push(
      good("aws.instanceType", `${settings.instanceType}, ${type.value.vcpus} vCPUs, ${architecture}, ${offered}`),
    );
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

/** What can be said of a quota that is large enough as far as AWS tells. */
function quotaFindings({ seats, furtherMachines, settings }: AwsDemand, { type, quota, usage }: AwsFacts): Finding[] {
  if (!isAnswered(type)) {
    return [];
  }
  const wanted = (seats + furtherMachines) * type.value.vcpus;
  const unsure = (text: string, advice: string): Finding[] => [
    { subject: "vCPU quota", verdict: "warning", text, advice },
  ];
  const kind = quotaFor(settings);
  if (kind === undefined || quota === undefined) {
    const advice = `the class needs ${wanted} vCPUs: look in AWS's console under Service Quotas`;
    return unsure(`which one counts for ${settings.instanceType} is not known here`, advice);
  }
  if (!isAnswered(quota)) {
    const advice = `the class needs ${wanted} vCPUs: look in AWS's console under Service Quotas, "${kind.name}"`;
    return unsure(`AWS does not tell it (${refusalText(quota)})`, advice);
  }
  if (usage === undefined || !isAnswered(usage)) {
    const reason = usage === undefined ? "" : ` (${refusalText(usage)})`;
    const advice = `the class needs ${wanted} of them`;
    return unsure(`${quota.value}; how many are in use AWS does not tell${reason}`, advice);
  }
  const { byClass, byOthers } = usage.value;
  const text = `${wanted} of ${quota.value} for this class (${byClass} run already), ${byOthers} in use by others`;
  return [{ subject: "vCPU quota", verdict: "good", text, advice: undefined }];
}

/** A region of AWS. */
export interface RegionFacts {
  readonly name: string;
  /** Whether the account uses it: most regions since 2019 have to be switched on. */
  readonly enabled: boolean;
}

/** A letter or two, or another number. */
const NEAR = 2;

/** Every region that AWS has for accounts of this kind. */
export async function readRegions(ec2: EC2Client): Promise<RegionFacts[]> {
  const { Regions: regions = [] } = await ec2.send(new DescribeRegionsCommand({ AllRegions: true }));
  return regions.map(({ RegionName: name = "", OptInStatus: status }) => ({
    name,
    enabled: status !== "not-opted-in",
  }));
}

/** Whether the region is there, and the account may use it. */
function regionFinding(region: string, regions: Answer<readonly RegionFacts[]>): Finding {
  const subject = "aws.region";
  if (!isAnswered(regions)) {
    const text = `${region}; which regions there are AWS does not tell (${refusalText(regions)})`;
    return { subject, verdict: "warning", text, advice: undefined };
  }
  const found = regions.value.find(({ name }) => name === region);
  if (found === undefined) {
    return { subject, verdict: "bad", text: `AWS has no region ${region}`, advice: nearestText(region, regions.value) };
  }
  if (!found.enabled) {
    const advice = `switch it on: aws account enable-region --region-name ${region}`;
    return { subject, verdict: "bad", text: `${region} is not switched on for this account`, advice };
  }
  return { subject, verdict: "good", text: region, advice: undefined };
}

function nearestText(region: string, regions: readonly RegionFacts[]): string {
  const names = regions.filter(({ enabled }) => enabled).map(({ name }) => name);
  const near = names.filter((name) => distance(name, region) <= NEAR).sort();
  return near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there are: ${names.sort().join(", ")}`;
}
