import type { CommandBuilder } from "./command-builder";

/** Usage of `lab test`. */
export function testCommand(kit: CommandBuilder): void {
  kit
    .command("test", "All set-up, then the tests of the main job, in at most 15 minutes")
    .argument("[words...]", "select from all tests, by options and files of vitest, e.g. --project unit")
    .option("--all", "every test that CI runs, about 45 minutes")
    .option("--faults", "every test, including the faults that take too long for CI")
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (words, options) => {
      const { test } = require("../workflows/test") as typeof import("../workflows/test");
      const selected = options.all || words.length > 0 ? "all" : "short";
      kit.endWith(await test(kit.contextOf(options), { words, tier: options.faults ? "faults" : selected }));
    });
}
