import type { Unpinned } from "./check";
import type { Move, Unasked } from "./moves";

/** What `lab lock` found, for a person. */
export function renderResolution(moves: readonly Move[], unasked: readonly Unasked[], outcome: string): string {
  return [
    ...moves.map(({ what, from, to }) => `${what}\n  ${from ?? "(nothing)"}\n  -> ${to}`),
    ...(unasked.length === 0
      ? []
      : ["could not be asked:", ...unasked.map(({ what, reason }) => `  ${what}: ${reason}`)]),
    outcome,
    "",
  ].join("\n");
}

/** What `lab lock --check` found, for a person. */
export function renderUnpinned(problems: readonly Unpinned[]): string {
  if (problems.length === 0) {
    return "Everything is pinned.\n";
  }
  return [
    `${problems.length === 1 ? "1 thing is" : `${problems.length} things are`} not pinned:`,
    ...problems.map(({ what, problem, mend }) => `  ${what}: ${problem}\n    ${mend}`),
    "",
  ].join("\n");
}
