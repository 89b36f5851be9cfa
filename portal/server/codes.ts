import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import { READABLE_SYMBOLS } from "../../core/passwords";

const GROUPS = 3;
const GROUP_LENGTH = 4;

/** Longest code, in characters. Codes of classes that were made before had two groups. */
export const CODE_LENGTH = GROUPS * GROUP_LENGTH + GROUPS - 1;

/**
 * A code that is read off a card and typed once, e.g. `k3fw-9tqa-hm2x`. It has 60 bits: no number of guesses that a portal
 * can answer finds one, so that guesses need not be refused (docs/security.md has the odds).
 */
export function newCode(): string {
  const symbol = () => READABLE_SYMBOLS.charAt(randomInt(READABLE_SYMBOLS.length));
  const group = () => Array.from({ length: GROUP_LENGTH }, symbol).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}

/** A code as it was meant: capitals, blanks and forgotten dashes are no mistakes. */
export function normalizeCode(typed: string): string {
  const symbols = typed.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return symbols.replaceAll(new RegExp(`(.{${GROUP_LENGTH}})(?=.)`, "g"), "$1-");
}

/** Whether two codes are the same. The time that it takes does not tell how far they are. */
export function isSameCode(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What is kept of a browser's token: the token itself is the browser's alone. */
export function tokenDigest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
