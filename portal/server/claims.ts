import { randomBytes } from "node:crypto";
import { isSameCode, newCode, normalizeCode, tokenDigest } from "./codes";
import type { Holding, Roster } from "./roster";

/** Who is not a seat, and has a code all the same. */
export const INSTRUCTOR = "instructor";

/** What became of a code that somebody typed. */
export type ClaimResult =
  | { readonly kind: "claimed"; readonly holder: string; readonly token: string; readonly book: Roster }
  /** By the same browser, which lost its way: a reload, or the QR code once more. */
  | { readonly kind: "already yours"; readonly holder: string }
  | { readonly kind: "used"; readonly holder: string }
  | { readonly kind: "wrong" };

/** Gives a browser what the code is for, once. `token` is what the browser had before, if anything. */
export function claim(book: Roster, code: string, token: string | undefined, now: Date): ClaimResult {
  const wanted = normalizeCode(code);
  // All are compared, also after the right one.
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

/** Whose browser it is: a seat's, the instructor's, or nobody's. */
export function holderOf(book: Roster, token: string | undefined): string | undefined {
  if (token === undefined) {
    return undefined;
  }
  const digest = tokenDigest(token);
  return holdings(book).find(([, holding]) => holding.claim?.token === digest)?.[0];
}

/** Takes a seat away from its browser: the card's code is good once more. Undefined when there is no such seat. */
export function free(book: Roster, holder: string): Roster | undefined {
  const holding = holdings(book).find(([name]) => name === holder)?.[1];
  if (holding === undefined) {
    return undefined;
  }
  const { claim: _, ...rest } = holding;
  return withHolding(book, holder, rest);
}

/** Gives every seat a code that has none yet; the others keep theirs. */
export function withSeats(book: Roster, seats: readonly string[]): Roster {
  const missing = seats.filter((seat) => book.seats[seat] === undefined);
  const added = missing.map((seat) => [seat, { code: newCode() }] as const);
  return added.length === 0 ? book : { ...book, seats: { ...book.seats, ...Object.fromEntries(added) } };
}

/** A new code for the instructor, good for one browser; whichever was the instructor's before is so no longer. */
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
