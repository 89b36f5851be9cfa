import { expect, test } from "vitest";
import { mergeBoards } from "../../../../cli/ui/board/rows";
import { changes, repeated, seat, states } from "./board-double";
import { play, recording } from "./recordings";

test("an `up` that made a class and one that found nothing to do: all was made", () => {
  const made = play(recording("up"));
  const merged = mergeBoards(made, play(recording("unchanged")));
  expect([states(merged, "seat01"), changes(merged, "seat02")]).toEqual([repeated("done"), repeated("create")]);
  expect(merged.shared).toEqual(made.shared);
  expect(merged.summary).toMatchObject({ created: 28, replaced: 0, unchanged: 0, outcome: "succeeded" });
});

test("an `up` with nothing to do and one that replaced: what was replaced counts", () => {
  const replaced = play(recording("replaced"));
  const before = play(recording("unchanged"));
  const merged = mergeBoards(before, replaced);
  for (const { name } of replaced.seats) {
    expect(changes(merged, name)).toBe(changes(replaced, name));
  }
  expect(merged.summary?.replaced).toBe(replaced.summary?.replaced);
  expect(merged.startedAt).toBe(before.startedAt);
});

test("what failed the second time has failed, also where nothing was begun", () => {
  const before = play(recording("unchanged"));
  const [row, ...others] = before.seats;
  if (row === undefined) {
    throw new Error("the recording has no seats");
  }
  const broken = { ...row, phases: { ...row.phases, figlet: { ...row.phases.figlet, state: "failed" as const } } };
  const failures = play(recording("failed")).failures;
  const merged = mergeBoards(before, { ...before, seats: [broken, ...others], failures });
  expect(seat(merged, row.name).phases.figlet.state).toBe("failed");
  expect(seat(merged, row.name).phases.machine.state).toBe("unchanged");
  expect(merged.failures).toEqual(failures);
});
