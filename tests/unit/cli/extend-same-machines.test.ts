import { expect, test } from "vitest";
import { type Change, emptyBoard, emptyRow, type SeatRow } from "../../../cli/ui/board/model";
import { lostMachines } from "../../../cli/workflows/extend/seat-ends";

function seat(name: string, machine: Change, figlet: Change): SeatRow {
  const row = emptyRow(name, `${name}-node1`);
  const { phases } = row;
  return {
    ...row,
    phases: {
      ...phases,
      machine: { ...phases.machine, change: machine },
      figlet: { ...phases.figlet, change: figlet },
    },
  };
}

test("a class is not extended where a preview shows a machine go; whatever else changes is no reason", () => {
  const seats = [
    seat("seat01", "none", "replace"),
    seat("seat02", "replace", "replace"),
    seat("seat03", "update", "none"),
    seat("seat04", "delete", "delete"),
    seat("seat05", "create", "create"),
  ];
  expect(lostMachines({ ...emptyBoard(0), seats }, [])).toEqual(["seat02", "seat04"]);
  // A seat that is to be reset is no loss.
  expect(lostMachines({ ...emptyBoard(0), seats }, ["seat02-node1"])).toEqual(["seat04"]);
});
