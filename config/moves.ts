import { z } from "zod";
import { LIMITS } from "./defaults";
import type { RawConfig } from "./raw-config";

/** The spare that replaces each slot, e.g. `{ seat03: "spare01" }`. A replaced slot is no longer part of the class. */
export type Moves = Readonly<Record<string, string>>;

/** `moved` in a stack's config. */
export const movesSchema = z.record(z.string(), z.string({ error: "must be the name of a spare, such as spare01" }), {
  error: "must be a group of settings such as moved.seat03, each with the name of a spare",
});

/** Name of the seat or spare with a number, from 1. */
export function placeName(kind: "seat" | "spare", number: number): string {
  return `${kind}${String(number).padStart(2, "0")}`;
}

/** Names of all slots of a kind, in order. */
export function placeNames(kind: "seat" | "spare", count: number): string[] {
  return Array.from({ length: count }, (_, index) => placeName(kind, index + 1));
}

/** The moves in a raw config; empty if they are invalid, which the config's validation reports. */
export function movesIn(raw: RawConfig): Moves {
  return movesSchema.safeParse(raw["moved"] ?? {}).data ?? {};
}

/** The problems of the moves of a class, by the slot that was left. */
export function moveProblems(
  moves: Moves,
  { seats, spares }: { readonly seats: number; readonly spares: number },
): { readonly left: string; readonly message: string }[] {
  const known = new Set([...placeNames("seat", seats), ...placeNames("spare", spares)]);
  const taken = Object.values(moves);
  return Object.entries(moves).flatMap(([left, spare]) => {
    const undo = `or undo the move: pulumi config rm --path moved.${left}`;
    const messages = [
      ...(known.has(left)
        ? []
        : [
            `there is no ${left} in a class of ${seats} seats with ${spares} spares; increase seats or spares, ${undo}`,
          ]),
      ...(left.startsWith("spare") && !taken.includes(left) ? [`no seat has moved to ${left}; ${undo}`] : []),
      ...(spare.startsWith("spare") && known.has(spare)
        ? []
        : [`there is no ${spare} among ${spares} spares; increase spares (at most ${LIMITS.spares.max}), ${undo}`]),
      ...(taken.indexOf(spare) === taken.lastIndexOf(spare) ? [] : [`two seats have moved to ${spare}; ${undo}`]),
      ...(isCircular(moves, left) ? [`is part of a circular move; ${undo}`] : []),
    ];
    return messages.map((message) => ({ left, message }));
  });
}

function isCircular(moves: Moves, start: string): boolean {
  const seen = new Set<string>();
  for (let slot: string | undefined = start; slot !== undefined; slot = moves[slot]) {
    if (seen.has(slot)) {
      return true;
    }
    seen.add(slot);
  }
  return false;
}
