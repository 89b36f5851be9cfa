import { expect, test } from "vitest";
import { Busy, SeatTurns } from "../../../portal/server/seat-turns";

test("a seat has three clicks at work at most, and others are not kept from theirs", async () => {
  const turns = new SeatTurns();
  let finish: () => void = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const begun = [1, 2, 3].map(() => turns.take("seat01", () => finished));
  await expect(turns.take("seat01", async () => 4)).rejects.toThrow(Busy);
  expect(await turns.take("seat02", async () => 1)).toBe(1);
  finish();
  await Promise.all(begun);
  expect(await turns.take("seat01", async () => 5)).toBe(5);
});

test("a click that failed is no longer at work", async () => {
  const turns = new SeatTurns();
  for (let click = 0; click < 10; click += 1) {
    await expect(turns.take("seat01", () => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
  }
});
