import { auditAws } from "./aws";
import type { AwsClass } from "./aws-class";
import { askingCommand } from "./aws-removal";
import type { Leftover } from "./leftovers";

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
