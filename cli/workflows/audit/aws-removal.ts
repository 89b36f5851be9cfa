import type { AwsClass } from "./aws-class";
import type { AwsResource, AwsResourceKind } from "./aws-resources";
import type { Leftover } from "./leftovers";

/** Something of a class that is still at AWS, and what removes it. */
export function leftoverAt(region: string, possession: AwsResource): Leftover {
  const { kind, id, name } = possession;
  const commands = REMOVALS[kind](possession).map((words) => `aws ec2 ${words} --region ${region}`);
  return { what: `the ${kind} ${id}${name === "" ? "" : ` (${name})`}`, remove: commands.join(" && ") };
}

/** Ids are EC2's own: letters, digits and hyphens, which no shell takes for anything else. */
const REMOVALS: Readonly<Record<AwsResourceKind, (possession: AwsResource) => string[]>> = {
  // What comes after it hangs on it: wait until it is gone.
  instance: ({ id }) => [`terminate-instances --instance-ids ${id}`, `wait instance-terminated --instance-ids ${id}`],
  "network interface": ({ id }) => [`delete-network-interface --network-interface-id ${id}`],
  volume: ({ id }) => [`delete-volume --volume-id ${id}`],
  "key pair": ({ id }) => [`delete-key-pair --key-pair-id ${id}`],
  "security group": ({ id }) => [`delete-security-group --group-id ${id}`],
  subnet: ({ id }) => [`delete-subnet --subnet-id ${id}`],
  "route table": ({ id }) => [`delete-route-table --route-table-id ${id}`],
  "internet gateway": ({ id, attachedTo }) => [
    ...attachedTo.map((vpc) => `detach-internet-gateway --internet-gateway-id ${id} --vpc-id ${vpc}`),
    `delete-internet-gateway --internet-gateway-id ${id}`,
  ],
  VPC: ({ id }) => [`delete-vpc --vpc-id ${id}`],
};

/** The command with which a person asks AWS what there is of a class. */
export function askingCommand({ region, tags }: AwsClass): string {
  const filters = [`Key=lab,Values=${tags.lab}`, `Key=class,Values=${tags.class}`];
  return `aws resourcegroupstaggingapi get-resources --region ${region} --tag-filters ${filters.join(" ")}`;
}
