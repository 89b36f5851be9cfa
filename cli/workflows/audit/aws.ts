import { setTimeout as sleep } from "node:timers/promises";
import { ask, isAnswered, refusalText } from "../../../core/aws/answers";
import type { AwsClass } from "./aws-class";
import { possessionsOf } from "./aws-possessions";
import { survivorAt } from "./aws-removal";
import type { Survivor } from "./leftovers";

/** What AWS has of a class; or why it did not say. */
export type AwsAudit = { readonly survivors: readonly Survivor[] } | { readonly unproven: string };

/** EC2 goes on listing what it has just deleted for a moment. */
const LOOKS = 3;
const MILLISECONDS_BETWEEN = 3_000;

/** Everything of a class that is still at AWS, found by its tags, but what is known of. Rejects when AWS refuses an answer. */
export async function findAwsSurvivors(
  awsClass: AwsClass,
  known: ReadonlySet<string> = new Set(),
): Promise<Survivor[]> {
  return (await possessionsOf(awsClass))
    .filter(({ id }) => !known.has(id))
    .map((possession) => survivorAt(awsClass.region, possession));
}

/** What is left of a class that was just taken down. Never rejects: that AWS does not answer is an outcome too. */
export async function auditAws(awsClass: AwsClass, known: ReadonlySet<string>): Promise<AwsAudit> {
  const answer = await ask(lookAgain(awsClass, known));
  return isAnswered(answer) ? { survivors: answer.value } : { unproven: refusalText(answer) };
}

async function lookAgain(awsClass: AwsClass, known: ReadonlySet<string>): Promise<Survivor[]> {
  for (let look = 1; ; look += 1) {
    const survivors = await findAwsSurvivors(awsClass, known);
    if (survivors.length === 0 || look === LOOKS) {
      return survivors;
    }
    await sleep(MILLISECONDS_BETWEEN);
  }
}
