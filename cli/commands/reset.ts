import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { HOME_LIMITS } from "../workflows/reset/keep-home";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Defines `lab reset`. */
export function resetCommand(builder: CommandBuilder): void {
  builder
    .command("reset", "Replace seats' machines; save each student's home as an archive first")
    .argument("<seats...>", "seats to reset, e.g. seat03 seat07")
    .addOption(jsonOption())
    .addOption(new Option("--discard", "do not save students' homes (for nodes that cannot be reached)"))
    .addOption(
      new Option("--max-home-gb <number>", "largest compressed home to save, in GB")
        .default(HOME_LIMITS.gigabytes)
        .argParser(positiveNumber),
    )
    .addOption(
      new Option("--max-home-minutes <number>", "longest time to save a home, in minutes")
        .default(HOME_LIMITS.minutes)
        .argParser(positiveNumber),
    )
    .addOption(new Option("--yes", "do not ask for confirmation"))
    .action(async (names, options) => {
      const { reset } = require("../workflows/reset/index") as typeof import("../workflows/reset/index");
      const homes = options.discard === true ? "discard" : "keep";
      const limits = { gigabytes: options.maxHomeGb, minutes: options.maxHomeMinutes };
      const asking = options.yes === true ? "go ahead" : "ask";
      await reset(builder.contextOf(options), { names, homes, limits, asking });
    });
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 9999)) {
    throw new InvalidArgumentError("It must be a number above 0, at most 9999.");
  }
  return number;
}
