import { type Board, PHASES, type Phase } from "./model";

/** How long each phase took that was gone through, by node and phase, in seconds. What was unchanged is not in it. */
export function phaseSeconds(board: Board): Record<string, Partial<Record<Phase, number>>> {
  return Object.fromEntries(
    board.seats.map(({ node, phases }) => [
      node,
      Object.fromEntries(
        PHASES.flatMap((phase) => {
          const { startedAt, endedAt, change } = phases[phase];
          return startedAt === undefined || endedAt === undefined || change === "none"
            ? []
            : [[phase, (endedAt - startedAt) / 1000]];
        }),
      ),
    ]),
  );
}
