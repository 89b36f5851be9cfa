import { setTimeout as sleep } from "node:timers/promises";
import { ask, isAnswered, refusalText } from "../../../core/aws/answers";
import { type AwsClass, type AwsResource, type AwsResourceKind, awsResources } from "./aws-resources";
import type { Evidence, Leftover } from "./leftovers";

/** EC2 lists what it has just deleted for a moment. */
const ATTEMPTS = 3;
const MILLISECONDS_BETWEEN = 3_000;

/** Everything of a class that is still at AWS, found by its tags, except `known` ids. Rejects when AWS refuses an answer. */
export async function findAwsLeftovers(
  { region, tags }: AwsClass,
  known: ReadonlySet<string> = new Set(),
): Promise<Leftover[]> {
  const resources = await awsResources({ region, tags });
  return resources.filter(({ id }) => !known.has(id)).map((resource) => leftoverAt(region, resource));
}

const BY_PULUMI = "nothing that Pulumi made at AWS is left in its state, and no key of it is left here";
const NOT_PROVEN = "Other resources of it may be left at AWS";

/** Asks AWS what is left of a class, except `known` ids. Undefined: its region is unknown. */
export async function awsEvidence(
  awsClass: AwsClass | undefined,
  known: ReadonlySet<string> = new Set(),
): Promise<Evidence> {
  if (awsClass === undefined) {
    return { leftovers: [], proof: BY_PULUMI, unproven: `${NOT_PROVEN}: its region is not known.` };
  }
  const answer = await ask(findLastingLeftovers(awsClass, known));
  if (!isAnswered(answer)) {
    const unproven = `${NOT_PROVEN} (${refusalText(answer)}). To list them, run: ${listingCommand(awsClass)}`;
    return { leftovers: [], proof: BY_PULUMI, unproven };
  }
  const proof = `no instance, volume, key pair or network of it is left in ${awsClass.region}, and no key here`;
  return { leftovers: answer.value, proof };
}

async function findLastingLeftovers(awsClass: AwsClass, known: ReadonlySet<string>): Promise<Leftover[]> {
  for (let attempt = 1; ; attempt += 1) {
    const leftovers = await findAwsLeftovers(awsClass, known);
    if (leftovers.length === 0 || attempt === ATTEMPTS) {
      return leftovers;
    }
    await sleep(MILLISECONDS_BETWEEN);
  }
}

/** A resource of a class that is still at AWS, and the command that removes it. */
export function leftoverAt(region: string, resource: AwsResource): Leftover {
  const { kind, id, name } = resource;
  const commands = REMOVALS[kind](resource).map((words) => `aws ec2 ${words} --region ${region}`);
  return { what: `the ${kind} ${id}${name === "" ? "" : ` (${name})`}`, remove: commands.join(" && ") };
}

/** Ids are EC2's own: letters, digits and hyphens, which need no quoting in a shell. */
const REMOVALS: Readonly<Record<AwsResourceKind, (resource: AwsResource) => string[]>> = {
  // The resources after it can be removed only when it is gone.
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

/** The command that lists all resources of a class at AWS. */
export function listingCommand({ region, tags }: AwsClass): string {
  const filters = [`Key=lab,Values=${tags.lab}`, `Key=class,Values=${tags.class}`];
  return `aws resourcegroupstaggingapi get-resources --region ${region} --tag-filters ${filters.join(" ")}`;
}
