import type { UsageKit } from "./kit";

/** Usage of `lab test`. */
export function testUsage(kit: UsageKit): void {
  kit
    .command("test", "All set-up, then every test")
    .argument("[words...]", "for vitest, e.g. --project unit")
    .option("--faults", "every fault, also those that CI leaves out for their time")
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (words, options) => {
      const { test } = require("../commands/test") as typeof import("../commands/test");
      kit.endWith(await test(kit.contextOf(options), { words, faults: options.faults ? "all" : "some" }));
    });
}
