import { expect, test } from "vitest";
import { mergeBoards } from "../../cli/output/board/merge";
import { changes, repeated, seat, states } from "./output-board-double";
import { play, recording } from "./output-recordings";

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

test("what failed the second time has failed", () => {
  const failed = play(recording("failed"));
  const merged = mergeBoards(play(recording("unchanged")), failed);
  expect(merged.failures).toEqual(failed.failures);
  for (const { name } of failed.seats) {
    expect(Object.values(seat(merged, name).phases).map(({ state }) => state === "failed")).toEqual(
      Object.values(seat(failed, name).phases).map(({ state }) => state === "failed"),
    );
  }
});
