import type { CommandBuilder } from "./command-builder";

/** Usage of `lab test`. */
export function testCommand(kit: CommandBuilder): void {
  kit
    .command("test", "All set-up, then every test")
    .argument("[words...]", "for vitest, e.g. --project unit")
    .option("--faults", "every fault, also those that CI leaves out for their time")
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (words, options) => {
      const { test } = require("../workflows/test") as typeof import("../workflows/test");
      kit.endWith(await test(kit.contextOf(options), { words, faults: options.faults ? "all" : "some" }));
    });
}
