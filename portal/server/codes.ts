import { createHash, randomInt } from "node:crypto";
import { READABLE_SYMBOLS } from "../../components/derive-password";

const GROUPS = 2;
const GROUP_LENGTH = 4;

/** A code that is read off a card and typed once, e.g. `k3fw-9tqa`: 40 bits, which a limited number of guesses never finds. */
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

/** What is kept of a browser's token: the token itself is the browser's alone. */
export function tokenDigest(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
