import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type Board, PHASES, type SeatRow } from "../../../../cli/ui/board/model";
import { play } from "./recordings";

/** The seat's row; it must be there. */
export function seat(board: Board, name: string): SeatRow {
  const row = board.seats.find((candidate) => candidate.name === name);
  if (row === undefined) {
    throw new Error(`no row ${name}, only ${board.seats.map((other) => other.name).join(", ")}`);
  }
  return row;
}

/** The states of a seat's phases, in order. */
export function states(board: Board, name: string): string {
  return PHASES.map((phase) => seat(board, name).phases[phase].state).join(" ");
}

/** What is done to a seat's phases, in order. */
export function changes(board: Board, name: string): string {
  return PHASES.map((phase) => seat(board, name).phases[phase].change).join(" ");
}

/** A word for every phase. */
export function repeated(word: string): string {
  return PHASES.map(() => word).join(" ");
}

/** The board after the events up to this sequence number. */
export function upTo(events: readonly EngineEvent[], sequence: number): Board {
  return play(events.filter((event) => event.sequence <= sequence));
}
