import { setTimeout as sleep } from "node:timers/promises";
import { ask, isAnswered, refusalText } from "../../../core/aws/answers";
import { type AwsClass, type AwsResource, type AwsResourceKind, awsResources } from "./aws-resources";
import type { Leftover } from "./leftovers";

/** What AWS has of a class; or why it did not say. */
type AwsAudit = { readonly leftovers: readonly Leftover[] } | { readonly unproven: string };

/** EC2 goes on listing what it has just deleted for a moment. */
const LOOKS = 3;
const MILLISECONDS_BETWEEN = 3_000;

/** Everything of a class that is still at AWS, found by its tags, but what is known of. Rejects when AWS refuses an answer. */
export async function findAwsLeftovers(
  awsClass: AwsClass,
  known: ReadonlySet<string> = new Set(),
): Promise<Leftover[]> {
  return (await awsResources(awsClass))
    .filter(({ id }) => !known.has(id))
    .map((resource) => leftoverAt(awsClass.region, resource));
}

/** What is left of a class that was just taken down. Never rejects: that AWS does not answer is an outcome too. */
async function auditAws(awsClass: AwsClass, known: ReadonlySet<string>): Promise<AwsAudit> {
  const answer = await ask(lookAgain(awsClass, known));
  return isAnswered(answer) ? { leftovers: answer.value } : { unproven: refusalText(answer) };
}

async function lookAgain(awsClass: AwsClass, known: ReadonlySet<string>): Promise<Leftover[]> {
  for (let look = 1; ; look += 1) {
    const leftovers = await findAwsLeftovers(awsClass, known);
    if (leftovers.length === 0 || look === LOOKS) {
      return leftovers;
    }
    await sleep(MILLISECONDS_BETWEEN);
  }
}

/** What an audit says of AWS. */
export interface AwsEvidence {
  readonly leftovers: readonly Leftover[];
  readonly proof: string;
  readonly unproven?: string;
}

const BY_PULUMI = "nothing that Pulumi made at AWS is left in its state, and no key of it is left here";
const NOT_PROVEN = "That nothing else of it is left at AWS is not proven";

/** Asks AWS what is left of a class, beside what is known of. Undefined: nobody knows in which region it was. */
export async function awsEvidence(
  awsClass: AwsClass | undefined,
  known: ReadonlySet<string> = new Set(),
): Promise<AwsEvidence> {
  if (awsClass === undefined) {
    return { leftovers: [], proof: BY_PULUMI, unproven: `${NOT_PROVEN}: in which region it was, nobody says.` };
  }
  const audit = await auditAws(awsClass, known);
  if ("unproven" in audit) {
    const unproven = `${NOT_PROVEN} (${audit.unproven}). Ask it: ${askingCommand(awsClass)}`;
    return { leftovers: [], proof: BY_PULUMI, unproven };
  }
  const proof = `no instance, volume, key pair or network of it is left in ${awsClass.region}, and no key here`;
  return { leftovers: audit.leftovers, proof };
}

/** Something of a class that is still at AWS, and what removes it. */
export function leftoverAt(region: string, resource: AwsResource): Leftover {
  const { kind, id, name } = resource;
  const commands = REMOVALS[kind](resource).map((words) => `aws ec2 ${words} --region ${region}`);
  return { what: `the ${kind} ${id}${name === "" ? "" : ` (${name})`}`, remove: commands.join(" && ") };
}

/** Ids are EC2's own: letters, digits and hyphens, which no shell takes for anything else. */
const REMOVALS: Readonly<Record<AwsResourceKind, (resource: AwsResource) => string[]>> = {
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
