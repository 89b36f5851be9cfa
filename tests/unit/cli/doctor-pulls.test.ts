import { expect, test } from "vitest";
import { pullsFinding } from "../../../cli/workflows/doctor/examine-local";

test.each([
  [0, "good", "none from Docker Hub"],
  [3, "good", "at most 3 from Docker Hub, if no image exists yet"],
  [100, "good", "at most 100 from Docker Hub, if no image exists yet"],
])("%i pulls are %s", (pulls, verdict, text) => {
  expect(pullsFinding(pulls)).toMatchObject({ verdict, text, advice: undefined });
});

test("more than Docker Hub gives in six hours are worth knowing, with what spares them", () => {
  const { verdict, text, advice } = pullsFinding(101);
  expect(verdict).toBe("warning");
  expect(text).toContain("at most 101 from Docker Hub");
  expect(text).toContain("100 times in six hours");
  expect(advice).toContain("images.delivery registry");
});
