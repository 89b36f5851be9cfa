import type { CommandBuilder } from "./command-builder";

/** Defines `lab test`. */
export function testCommand(builder: CommandBuilder): void {
  builder
    .command("test", "Set up everything, then run the tests")
    .argument("[arguments...]", "arguments for vitest, e.g. --project unit")
    .option("--faults", "test every fault, including the slow ones that CI skips")
    .passThroughOptions()
    .allowUnknownOption()
    .action(async (words, options) => {
      const { test } = require("../workflows/test") as typeof import("../workflows/test");
      builder.setExitCode(await test(builder.contextOf(options), { words, faults: options.faults ? "all" : "some" }));
    });
}
