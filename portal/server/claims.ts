import { randomBytes } from "node:crypto";
import { isSameCode, newCode, normalizeCode, tokenDigest } from "./codes";
import type { Holding, Roster } from "./roster";

/** Holder name of the instructor, who has a code but no seat. */
export const INSTRUCTOR = "instructor";

/** The result of claiming with a code. */
export type ClaimResult =
  | { readonly kind: "claimed"; readonly holder: string; readonly token: string; readonly book: Roster }
  /** The same browser again, for example after a reload. */
  | { readonly kind: "already yours"; readonly holder: string }
  | { readonly kind: "used"; readonly holder: string }
  | { readonly kind: "wrong" };

/** Claims the code's seat, or the instructor's role, for a browser. `token`: the browser's current token, if any. */
export function claim(book: Roster, code: string, token: string | undefined, now: Date): ClaimResult {
  const wanted = normalizeCode(code);
  // Compares all codes, even after a match, so that the time does not depend on it.
  const [found] = holdings(book).filter(([, holding]) => isSameCode(holding.code, wanted));
  if (found === undefined) {
    return { kind: "wrong" };
  }
  const [holder, holding] = found;
  if (holding.claim !== undefined) {
    return holderOf(book, token) === holder ? { kind: "already yours", holder } : { kind: "used", holder };
  }
  const fresh = randomBytes(32).toString("base64url");
  const held = { ...holding, claim: { token: tokenDigest(fresh), at: now.toISOString() } };
  return { kind: "claimed", holder, token: fresh, book: withHolding(book, holder, held) };
}

/** The holder of a browser's token: a seat, the instructor, or undefined. */
export function holderOf(book: Roster, token: string | undefined): string | undefined {
  if (token === undefined) {
    return undefined;
  }
  const digest = tokenDigest(token);
  return holdings(book).find(([, holding]) => holding.claim?.token === digest)?.[0];
}

/** Frees a seat, so that its code can be used again. Undefined if there is no such seat. */
export function free(book: Roster, holder: string): Roster | undefined {
  const holding = holdings(book).find(([name]) => name === holder)?.[1];
  if (holding === undefined) {
    return undefined;
  }
  const { claim: _, ...rest } = holding;
  return withHolding(book, holder, rest);
}

/** Adds codes for seats that have none. */
export function withSeats(book: Roster, seats: readonly string[]): Roster {
  const missing = seats.filter((seat) => book.seats[seat] === undefined);
  const added = missing.map((seat) => [seat, { code: newCode() }] as const);
  return added.length === 0 ? book : { ...book, seats: { ...book.seats, ...Object.fromEntries(added) } };
}

/** A new code for the instructor; the instructor's previous browser loses its access. */
export function withInstructorCode(book: Roster): Roster {
  return { ...book, instructor: { code: newCode() } };
}

function holdings(book: Roster): (readonly [string, Holding])[] {
  const instructor = book.instructor === undefined ? [] : [[INSTRUCTOR, book.instructor] as const];
  return [...instructor, ...Object.entries(book.seats)];
}

function withHolding(book: Roster, holder: string, holding: Holding): Roster {
  return holder === INSTRUCTOR
    ? { ...book, instructor: holding }
    : { ...book, seats: { ...book.seats, [holder]: { ...book.seats[holder], ...holding, claim: holding.claim } } };
}
