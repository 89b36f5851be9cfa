import { describe, expect, test } from "vitest";
import { emptyBoard, emptyRow, type Phase, phaseRecord, WAITING } from "../../../../cli/ui/board/model";
import { stoppedOperation } from "../../../../cli/ui/board/start";
import type { CellState } from "../../../../cli/ui/table/model";

/** A row whose phases up to the given one are in a state. */
function row(name: string, state: CellState, ...phases: Phase[]) {
  const of = (phase: Phase) => (phases.includes(phase) ? { ...WAITING, state } : WAITING);
  return { ...emptyRow(name, name), phases: phaseRecord(of) };
}

const READY = row(
  "seat01",
  "done",
  "machine",
  "cloud-init",
  "Docker",
  "base images",
  "figlet",
  "hello:v0.1",
  "hello:v0.2",
);

describe("stoppedOperation", () => {
  test("of an `up` says which seats are ready, where the others stopped, and how to go on", () => {
    const seats = [READY, row("seat02", "done", "machine", "cloud-init", "Docker"), row("seat03", "waiting")];
    expect(stoppedOperation("up", { ...emptyBoard(0), seats }, "spring")).toMatchObject({
      message:
        "Stopped. Ready: seat01. Not ready: seat02 (not done: base images and what comes after it), " +
        "seat03 (not done: machine and what comes after it).",
      hint: expect.stringContaining(
        "Run ./lab up --stack spring to continue, or ./lab down --stack spring to remove the lab.",
      ),
      exitCode: 1,
    });
  });

  test("of a `down` says which seats are gone", () => {
    const seats = [row("seat01", "deleted", "machine"), row("seat02", "waiting")];
    expect(stoppedOperation("destroy", { ...emptyBoard(0), seats }, "dev")).toMatchObject({
      message: "Stopped. Gone: seat01. Perhaps still there: seat02.",
      hint: "Run ./lab down again to remove the rest.",
    });
  });
});
