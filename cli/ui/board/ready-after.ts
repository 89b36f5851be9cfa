import { type Board, PHASES } from "./model";

/** After how many seconds each seat that was worked on had all it is to have, by node; a seat that has not is left out. */
export function readyAfter(board: Board): Record<string, number> {
  return Object.fromEntries(
    board.seats.flatMap(({ node, phases }) => {
      const all = PHASES.map((phase) => phases[phase]);
      const ends = all.flatMap(({ endedAt, change }) => (endedAt === undefined || change === "none" ? [] : [endedAt]));
      const complete = all.every(({ state }) => state === "done" || state === "unchanged");
      return complete && ends.length > 0 ? [[node, (Math.max(...ends) - board.startedAt) / 1000]] : [];
    }),
  );
}
