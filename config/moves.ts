import { z } from "zod";
import { LIMITS } from "./limits";
import { problemIf, type RawConfig, type SettingProblem } from "./settings";

/** The spare that replaces each slot, e.g. `{ seat03: "spare01" }`. A replaced slot is no longer part of the class. */
export type Moves = Readonly<Record<string, string>>;

/** `moved` in a stack's config. */
export const movesSchema = z.record(z.string(), z.string({ error: "must be the name of a spare, such as spare01" }), {
  error: "must be a group of settings such as moved.seat03, each with the name of a spare",
});

/** Name of the seat or spare with a number, from 1. */
export function slotName(kind: "seat" | "spare", number: number): string {
  return `${kind}${String(number).padStart(2, "0")}`;
}

/** Names of all slots of a kind, in order. */
export function slotNames(kind: "seat" | "spare", count: number): string[] {
  return Array.from({ length: count }, (_, index) => slotName(kind, index + 1));
}

/** The moves in a raw config; empty if they are invalid, which the config's validation reports. */
export function movesIn(raw: RawConfig): Moves {
  return movesSchema.safeParse(raw["moved"] ?? {}).data ?? {};
}

/** The problems of the moves of a class. */
export function moveProblems(
  moves: Moves,
  { seats, spares }: { readonly seats: number; readonly spares: number },
): SettingProblem[] {
  const known = new Set([...slotNames("seat", seats), ...slotNames("spare", spares)]);
  const taken = Object.values(moves);
  return Object.entries(moves).flatMap(([left, spare]) => {
    const setting = `moved.${left}`;
    const undo = `or undo the move: pulumi config rm --path ${setting}`;
    const noSlot = `there is no ${left} in a class of ${seats} seats with ${spares} spares; increase seats or spares, ${undo}`;
    const noSpare = `there is no ${spare} among ${spares} spares; increase spares (at most ${LIMITS.spares.max}), ${undo}`;
    return [
      ...problemIf(!known.has(left), setting, noSlot),
      ...problemIf(left.startsWith("spare") && !taken.includes(left), setting, `no seat has moved to ${left}; ${undo}`),
      ...problemIf(!spare.startsWith("spare") || !known.has(spare), setting, noSpare),
      ...problemIf(
        taken.indexOf(spare) !== taken.lastIndexOf(spare),
        setting,
        `two seats have moved to ${spare}; ${undo}`,
      ),
      ...problemIf(isCircular(moves, left), setting, `is part of a circular move; ${undo}`),
    ];
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
