import { z } from "zod";
import { LIMITS } from "./defaults";
import type { RawConfig } from "./raw-config";

/** Which spare took over from which place, e.g. `{ seat03: "spare01" }`. A place that was left is no part of the class any more. */
export type Moves = Readonly<Record<string, string>>;

/** `moved` as a stack's config has it. */
export const movesSchema = z.record(z.string(), z.string({ error: "must be the name of a spare, such as spare01" }), {
  error: "must be a group of settings such as moved.seat03, each with the name of a spare",
});

/** Name of the seat or spare with a number, from 1. */
export function placeName(kind: "seat" | "spare", number: number): string {
  return `${kind}${String(number).padStart(2, "0")}`;
}

/** Names of all places of a kind, in order. */
export function placeNames(kind: "seat" | "spare", count: number): string[] {
  return Array.from({ length: count }, (_, index) => placeName(kind, index + 1));
}

/** The moves in a raw config; none where they cannot be read: whoever looks for a seat is not the one to complain. */
export function movesIn(raw: RawConfig): Moves {
  return movesSchema.safeParse(raw["moved"] ?? {}).data ?? {};
}

/** What is wrong with the moves of a class, by the place that was left. */
export function moveProblems(
  moves: Moves,
  { seats, spares }: { readonly seats: number; readonly spares: number },
): { readonly left: string; readonly message: string }[] {
  const there = new Set([...placeNames("seat", seats), ...placeNames("spare", spares)]);
  const taken = Object.values(moves);
  return Object.entries(moves).flatMap(([left, spare]) => {
    const back = `or take the move back with: pulumi config rm --path moved.${left}`;
    const messages = [
      ...(there.has(left)
        ? []
        : [`there is no ${left} in a class of ${seats} with ${spares} spares; have more, ${back}`]),
      ...(left.startsWith("spare") && !taken.includes(left) ? [`no seat has moved to ${left}; ${back}`] : []),
      ...(spare.startsWith("spare") && there.has(spare)
        ? []
        : [`there is no ${spare} among ${spares} spares (at most ${LIMITS.spares.max}); have more, ${back}`]),
      ...(taken.indexOf(spare) === taken.lastIndexOf(spare) ? [] : [`${spare} was taken twice; ${back}`]),
      ...(isCircle(moves, left) ? [`goes round in a circle; ${back}`] : []),
    ];
    return messages.map((message) => ({ left, message }));
  });
}

function isCircle(moves: Moves, start: string): boolean {
  const seen = new Set<string>();
  for (let place: string | undefined = start; place !== undefined; place = moves[place]) {
    if (seen.has(place)) {
      return true;
    }
    seen.add(place);
  }
  return false;
}
