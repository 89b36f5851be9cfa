import { describe, expect, it } from "vitest";
import { emptyBoard, emptyRow, PHASES, phaseRecord, type SeatRow, WAITING } from "../../../../cli/ui/board/model";
import { rowDuration, seatStatus } from "../../../../cli/ui/board/status";
import { boardTable } from "../../../../cli/ui/board/table";
import { type CellState, currentCell } from "../../../../cli/ui/table/model";

/** A row with these states, phase by phase; what is deleted or about to be says so. */
function rowOf(states: readonly CellState[]): SeatRow {
  const row = emptyRow("seat01", "seat01-node1");
  return {
    ...row,
    phases: phaseRecord((phase) => {
      const state = states[PHASES.indexOf(phase)] ?? "waiting";
      return { ...WAITING, state, change: state === "deleted" ? "delete" : "none" };
    }),
  };
}

describe("seatStatus", () => {
  it.each<[string, CellState[]]>([
    ["waiting", []],
    ["running", ["done", "running"]],
    ["failed", ["done", "failed", "running"]],
    ["ready", ["unchanged", "done", "done", "done", "done", "done", "done"]],
    ["unchanged", PHASES.map(() => "unchanged")],
    ["deleted", PHASES.map(() => "deleted")],
    // Half-made, then taken away: there was nothing more to delete.
    ["deleted", ["deleted"]],
    // The images are gone, the machine is not.
    ["unfinished", ["waiting", "waiting", "waiting", "waiting", "deleted", "deleted", "deleted"]],
    ["unfinished", ["done", "done"]],
    ["unfinished", ["done", "deleted"]],
  ])("%s: %j", (status, states) => {
    expect(seatStatus(rowOf(states))).toBe(status);
  });
});

describe("the line of a seat", () => {
  const row = emptyRow("seat01", "seat01-node1");
  const running = { ...WAITING, state: "running" } as const;

  /** Title of the phase that a seat's line is about. */
  function current(seat: SeatRow): string | undefined {
    const [shown] = boardTable({ ...emptyBoard(0), seats: [seat] }).rows;
    return shown && currentCell(shown)?.stage.title;
  }

  it("is about the running phase with the latest news", () => {
    const figlet = { ...running, startedAt: 100, detail: "step", detailAt: 900 };
    const hello = { ...running, startedAt: 500 };
    const both = { ...row, phases: { ...row.phases, figlet, "hello:v0.1": hello } };
    expect(current(both)).toBe("figlet");
    expect(current({ ...both, phases: { ...both.phases, figlet: { ...figlet, detailAt: 200 } } })).toBe("hello:v0.1");
    expect(current(row)).toBeUndefined();
  });

  it("counts from its first start to its last end, waits in between included", () => {
    const machine = { ...WAITING, startedAt: 1000, endedAt: 2000 };
    const figlet = { ...WAITING, startedAt: 5000, endedAt: 9000 };
    expect(rowDuration({ ...row, phases: { ...row.phases, machine, figlet } })).toBe(8000);
    expect(rowDuration(row)).toBe(0);
  });
});
