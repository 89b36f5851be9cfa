import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { PropertyValue } from "../../../../airgap/plugins/framework/provider";
import { text } from "../../../../airgap/plugins/framework/values";

const POLL_MILLISECONDS = 100;

/** How long the API may take to know of what it has just made. */
const VISIBLE_MILLISECONDS = 30_000;

/** The API's error code, e.g. `InvalidVpcID.NotFound`; empty for any other thing thrown. */
export function codeOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

/** Runs a describe call; undefined when the API says that there is no such thing. */
export async function orGone<Found>(call: Promise<Found>): Promise<Found | undefined> {
  return call.catch((error: unknown) => {
    if (/(NotFound|Malformed)$/.test(codeOf(error))) {
      return undefined;
    }
    throw error;
  });
}

/** Asks again until there is an answer: an API of many machines does not know at once what it has just said. */
export async function untilFound<Found>(
  what: string,
  find: () => Promise<Found | undefined>,
  signal: AbortSignal,
  limitMilliseconds: number = VISIBLE_MILLISECONDS,
): Promise<Found> {
  const deadline = Date.now() + limitMilliseconds;
  for (;;) {
    const found = await find();
    if (found !== undefined) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what} was not to be seen ${limitMilliseconds / 1000} s after it was made`);
    }
    await sleep(POLL_MILLISECONDS, undefined, { signal });
  }
}

/** What EC2 says, and moto does not, when something is deleted that others still need. */
export function dependencyViolation(what: string, dependents: readonly string[]): Error {
  const error = new Error(`${what} has dependencies and cannot be deleted: ${dependents.join(", ")}`);
  error.name = "DependencyViolation";
  return error;
}

/** A name that nothing else has, as the official plugin makes one of a prefix: with 26 characters more. */
export function uniqueName(prefix: PropertyValue | undefined): string {
  return `${text(prefix) ?? ""}${randomBytes(13).toString("hex")}`;
}
