import { defineCommand } from "./define-command";

export const testCommand = defineCommand({
  name: "test",
  description: "Set up everything, then run the tests of the main job, in at most 15 minutes",
  flags: (command) =>
    command
      .argument("[arguments...]", "arguments for vitest that select from all tests, e.g. --project unit")
      .option("--all", "run every test that CI runs, in about 45 minutes")
      .option("--faults", "run every test, including the slow faults that CI skips")
      .passThroughOptions()
      .allowUnknownOption(),
  run(context, { all, faults }, words) {
    const { test } = require("../workflows/test") as typeof import("../workflows/test");
    const selected = all || words.length > 0 ? "all" : "short";
    return test(context, { words, tier: faults ? "faults" : selected });
  },
});
