import { createHash, randomInt, timingSafeEqual } from "node:crypto";
import { READABLE_SYMBOLS } from "../../core/passwords";

const GROUPS = 3;
const GROUP_LENGTH = 4;

/** Longest code, in characters. Codes of older classes have two groups. */
export const CODE_LENGTH = GROUPS * GROUP_LENGTH + GROUPS - 1;

/**
 * A code to type from a card, e.g. `k3fw-9tqa-hm2x`. With 60 bits it cannot be guessed at the rate that a portal answers, so
 * guesses need not be refused (docs/security.md).
 */
export function newCode(): string {
  const symbol = () => READABLE_SYMBOLS.charAt(randomInt(READABLE_SYMBOLS.length));
  const group = () => Array.from({ length: GROUP_LENGTH }, symbol).join("");
  return Array.from({ length: GROUPS }, group).join("-");
}

/** Normalizes a typed code: ignores case, spaces and missing dashes. */
export function normalizeCode(typed: string): string {
  const symbols = typed.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  return symbols.replaceAll(new RegExp(`(.{${GROUP_LENGTH}})(?=.)`, "g"), "$1-");
}

/** Compares two codes in constant time. */
export function isSameCode(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Digest of a browser's token; the token itself is not stored. */
export function tokenDigest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
