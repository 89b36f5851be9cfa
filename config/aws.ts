import { z } from "zod";
import { DEFAULTS, LIMITS } from "./defaults";
import { parseNetwork } from "./values/networks";
import { bakeName, integerBetween, listOf, text, yesOrNo } from "./values/schemas";

const NETWORKS_RULE =
  "must be a comma-separated list of networks such as 203.0.113.0/24, or 203.0.113.7/32 for one address";

/** Settings of the AWS target. */
export const awsSchema = z.strictObject({
  /** Region. @default - aws:region, else AWS_REGION, else AWS_DEFAULT_REGION */
  region: text.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: "must be an AWS region such as eu-central-1" }).optional(),
  /** Instance type of a machine; its architecture is the node's. @default t3.medium */
  instanceType: text
    .regex(/^[a-z][\w-]*\.[\w-]+$/, { error: "must be an instance type, such as t3.medium, or t4g.medium for arm64" })
    .default(DEFAULTS.aws.instanceType),
  /** Networks from which SSH is allowed. Required for the target aws. @default - none */
  allowedCidrs: listOf(z.string({ error: NETWORKS_RULE }), NETWORKS_RULE)
    .superRefine(checkNetworks)
    .optional(),
  /** Networks from which a portal on a machine of the class can be reached. @default - allowedCidrs */
  portalCidrs: listOf(z.string({ error: NETWORKS_RULE }), NETWORKS_RULE)
    .superRefine(checkNetworks)
    .optional(),
  /** Whether allowedCidrs and portalCidrs may hold the whole Internet. @default false */
  allowAnywhere: yesOrNo.default(DEFAULTS.aws.allowAnywhere),
  /** Existing public subnet to use, with its VPC. @default - the class creates its own VPC */
  subnetId: text.regex(/^subnet-[0-9a-f]{8,17}$/, { error: "must be a subnet ID: subnet-..." }).optional(),
  /** Size of a machine's encrypted root volume, in GiB. @default 20 */
  rootGigabytes: integerBetween(LIMITS.rootGigabytes).default(DEFAULTS.aws.rootGigabytes),
  /** Whether machines are spot instances: cheaper, and AWS may end them at any time. @default false */
  spot: yesOrNo.default(DEFAULTS.aws.spot),
  /** Machine image (AMI). @default - the image pinned in lab.lock.json for region and architecture, else Canonical's current Ubuntu 24.04 */
  ami: text.regex(/^ami-[0-9a-f]{8,17}$/, { error: "must be an AMI ID: ami-..." }).optional(),
  /** Hash of the bake that machines are created from, written by `lab up`; "none" for no bake. @default - not recorded */
  bake: bakeName.optional(),
});

/** Settings of the AWS target, checked. */
export type AwsSettings = z.output<typeof awsSchema>;

function checkNetworks(cidrs: readonly string[], context: z.core.$RefinementCtx): void {
  for (const cidr of cidrs) {
    const network = parseNetwork(cidr);
    if (network === undefined) {
      context.addIssue({ code: "custom", message: `${NETWORKS_RULE} (${JSON.stringify(cidr)} is not a network)` });
    } else if (network.text !== cidr) {
      context.addIssue({
        code: "custom",
        message: `must be networks without host bits (${network.text}, or ${cidr.split("/")[0]}/32 for one address, instead of ${cidr})`,
      });
    }
  }
}
