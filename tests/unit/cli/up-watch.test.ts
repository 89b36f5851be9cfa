import { expect, test } from "vitest";
import { isSettled } from "../../../cli/workflows/up/watch-machines";
import { play, recording } from "./ui/recordings";

const ALL = play(recording("up"));
const FAILED = play(recording("failed"));

/** The board in the middle of a recording. */
function halfway(name: string) {
  const events = recording(name);
  return play(events.slice(0, Math.floor(events.length / 2)));
}

test("a class is settled when every seat is ready or has failed", () => {
  expect([isSettled(ALL, 2), isSettled(FAILED, 2)]).toEqual([true, true]);
});

test("it is not while something is under way, or a seat has not shown up yet", () => {
  expect([isSettled(halfway("up"), 2), isSettled(halfway("failed"), 2)]).toEqual([false, false]);
  expect(isSettled(ALL, 3)).toBe(false);
});
