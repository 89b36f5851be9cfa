import { expect, test } from "vitest";
import {
  type Board,
  emptyBoard,
  emptyRow,
  type Phase,
  type PhaseProgress,
  WAITING,
} from "../../../../cli/ui/board/model";
import { readyAfter } from "../../../../cli/ui/board/outcome";

const MADE: PhaseProgress = { ...WAITING, state: "done", change: "create", startedAt: 1000, endedAt: 5000 };

function board(progress: (phase: Phase) => PhaseProgress): Board {
  const row = emptyRow("seat01", "seat01-node1");
  const phases = Object.fromEntries(Object.keys(row.phases).map((phase) => [phase, progress(phase as Phase)]));
  return { ...emptyBoard(1000), seats: [{ ...row, phases: phases as typeof row.phases }] };
}

test("a seat is ready when the last of what was made for it is", () => {
  const made = board((phase) => (phase === "figlet" ? { ...MADE, endedAt: 23_500 } : MADE));
  expect(readyAfter(made)).toEqual({ "seat01-node1": 22.5 });
});

test.each(["failed", "waiting", "running"] as const)("a seat with a phase that is %s is not ready", (state) => {
  expect(readyAfter(board((phase) => (phase === "hello:v0.2" ? { ...MADE, state } : MADE)))).toEqual({});
});

test("a seat that nothing was done to has no time", () => {
  expect(readyAfter(board(() => ({ ...MADE, state: "unchanged", change: "none" })))).toEqual({});
});
