import { randomBytes } from "node:crypto";
import { isSameCode, newCode, normalizeCode, tokenDigest } from "./codes";
import type { Holding, Roster } from "./roster";

/** Holder name of the instructor, who has a code but no seat. */
export const INSTRUCTOR = "instructor";

/** The result of claiming with a code. */
export type ClaimResult =
  | { readonly kind: "claimed"; readonly holder: string; readonly token: string; readonly roster: Roster }
  /** The same browser again, for example after a reload. */
  | { readonly kind: "already yours"; readonly holder: string }
  | { readonly kind: "used"; readonly holder: string }
  | { readonly kind: "wrong" };

/** Claims the code's seat, or the instructor's role, for a browser. `token`: the browser's current token, if any. */
export function claim(roster: Roster, code: string, token: string | undefined, now: Date): ClaimResult {
  const wanted = normalizeCode(code);
  // Compares all codes, even after a match, so that the time does not depend on it.
  const [found] = holdings(roster).filter(([, holding]) => isSameCode(holding.code, wanted));
  if (found === undefined) {
    return { kind: "wrong" };
  }
  const [holder, holding] = found;
  if (holding.claim !== undefined) {
    return holderOf(roster, token) === holder ? { kind: "already yours", holder } : { kind: "used", holder };
  }
  const fresh = randomBytes(32).toString("base64url");
  const held = { ...holding, claim: { token: tokenDigest(fresh), at: now.toISOString() } };
  return { kind: "claimed", holder, token: fresh, roster: withHolding(roster, holder, held) };
}

/** The holder of a browser's token: a seat, the instructor, or undefined. */
export function holderOf(roster: Roster, token: string | undefined): string | undefined {
  if (token === undefined) {
    return undefined;
  }
  const digest = tokenDigest(token);
  return holdings(roster).find(([, holding]) => holding.claim?.token === digest)?.[0];
}

/** Frees a seat, so that its code can be used again. Undefined if there is no such seat. */
export function releaseSeat(roster: Roster, holder: string): Roster | undefined {
  const holding = holdings(roster).find(([name]) => name === holder)?.[1];
  if (holding === undefined) {
    return undefined;
  }
  const { claim: _, ...rest } = holding;
  return withHolding(roster, holder, rest);
}

/** Adds codes for seats that have none. */
export function withSeats(roster: Roster, seats: readonly string[]): Roster {
  const missing = seats.filter((seat) => roster.seats[seat] === undefined);
  const added = missing.map((seat) => [seat, { code: newCode() }] as const);
  return added.length === 0 ? roster : { ...roster, seats: { ...roster.seats, ...Object.fromEntries(added) } };
}

/** A new code for the instructor; the instructor's previous browser loses its access. */
export function withInstructorCode(roster: Roster): Roster {
  return { ...roster, instructor: { code: newCode() } };
}

function holdings(roster: Roster): (readonly [string, Holding])[] {
  const instructor = roster.instructor === undefined ? [] : [[INSTRUCTOR, roster.instructor] as const];
  return [...instructor, ...Object.entries(roster.seats)];
}

function withHolding(roster: Roster, holder: string, holding: Holding): Roster {
  return holder === INSTRUCTOR
    ? { ...roster, instructor: holding }
    : {
        ...roster,
        seats: { ...roster.seats, [holder]: { ...roster.seats[holder], ...holding, claim: holding.claim } },
      };
}
