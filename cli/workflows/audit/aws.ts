import { setTimeout as sleep } from "node:timers/promises";
import { ask, isAnswered, refusalText } from "../../../core/aws/answers";
import type { AwsClass } from "./aws-class";
import { leftoverAt } from "./aws-removal";
import { awsResources } from "./aws-resources";
import type { Leftover } from "./leftovers";

/** What AWS has of a class; or why it did not say. */
export type AwsAudit = { readonly leftovers: readonly Leftover[] } | { readonly unproven: string };

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
    .map((possession) => leftoverAt(awsClass.region, possession));
}

/** What is left of a class that was just taken down. Never rejects: that AWS does not answer is an outcome too. */
export async function auditAws(awsClass: AwsClass, known: ReadonlySet<string>): Promise<AwsAudit> {
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
