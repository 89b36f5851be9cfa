import type { CommandBuilder } from "./command-builder";

/** Defines `lab test`. */
export function testCommand(builder: CommandBuilder): void {
  builder
    .command("test", "Set up everything, then run the tests of the main job, in at most 15 minutes")
    .argument("[arguments...]", "arguments for vitest that select from all tests, e.g. --project unit")
    .option("--all", "run every test that CI runs, in about 45 minutes")
    .option("--faults", "run every test, including the slow faults that CI skips")
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (words, options) => {
      const { test } = require("../workflows/test") as typeof import("../workflows/test");
      const selected = options.all || words.length > 0 ? "all" : "short";
      builder.setExitCode(
        await test(builder.contextOf(options), { words, tier: options.faults ? "faults" : selected }),
      );
    });
}
