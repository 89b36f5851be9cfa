import { DescribeRegionsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { distance } from "fastest-levenshtein";
import { type Answer, isAnswered, refusalText } from "../../../../core/aws/answers";
import type { Finding } from "../finding";

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
export function regionFinding(region: string, regions: Answer<readonly RegionFacts[]>): Finding {
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
