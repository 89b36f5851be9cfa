import { z } from "zod";
import { LIMITS } from "./limits";
import { parseNetwork } from "./values/networks";
import { bakeName, integerBetween, listOf, text, yesOrNo } from "./values/schemas";

const NETWORKS_RULE =
  "must be a comma-separated list of networks such as 203.0.113.0/24, or 203.0.113.7/32 for one address";

const networks = listOf(z.string({ error: NETWORKS_RULE }), NETWORKS_RULE)
  .superRefine(checkNetworks)
  .meta({ value: "networks, with commas between" });

/** Settings of the AWS target. */
export const awsSchema = z.strictObject({
  region: text
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, { error: "must be an AWS region such as eu-central-1" })
    .optional()
    .meta({ description: "Region for the machines.", value: "name of a region" }),
  instanceType: text
    .regex(/^[a-z][\w-]*\.[\w-]+$/, { error: "must be an instance type, such as t3.medium, or t4g.medium for arm64" })
    .default("t3.medium")
    .meta({ description: "Instance type of the machines.", value: "instance type" }),
  allowedCidrs: networks.optional().meta({ description: "Networks from which SSH is allowed." }),
  portalCidrs: networks
    .optional()
    .meta({ description: "Networks from which the portal is reached with [`portal`](#portal) set to `node`." }),
  allowAnywhere: yesOrNo
    .default(false)
    .meta({ description: "Whether `aws.allowedCidrs` and `aws.portalCidrs` may contain wide networks." }),
  subnetId: text
    .regex(/^subnet-[0-9a-f]{8,17}$/, { error: "must be a subnet ID: subnet-..." })
    .optional()
    .meta({ description: "An existing public subnet for the machines.", value: "id of a subnet" }),
  rootGigabytes: integerBetween(LIMITS.rootGigabytes)
    .default(20)
    .meta({ description: "Size of a machine's root volume in GiB." }),
  spot: yesOrNo.default(false).meta({ description: "Whether machines are spot instances." }),
  ami: text
    .regex(/^ami-[0-9a-f]{8,17}$/, { error: "must be an AMI ID: ami-..." })
    .optional()
    .meta({ description: "Machine image to start from.", value: "id of a machine image" }),
  bake: bakeName.optional().meta({
    description: "The [bake](bake.md#at-aws) that machines are created from: a machine image in your account.",
  }),
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
