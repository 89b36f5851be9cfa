import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { HOME_LIMITS } from "../workflows/reset/keep-home";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab reset`. */
export function resetCommand(kit: CommandBuilder): void {
  kit
    .command("reset", "A new machine for a seat; the student's home is kept as an archive first, other seats stay")
    .argument("<seats...>", "the seats, e.g. seat03 seat07")
    .addOption(jsonOption())
    .addOption(new Option("--discard", "do not keep students' homes: for nodes that cannot be reached"))
    .addOption(
      new Option("--max-home-gb <number>", "refuse a packed home that is larger")
        .default(HOME_LIMITS.gigabytes)
        .argParser(positiveNumber),
    )
    .addOption(
      new Option("--max-home-minutes <number>", "refuse a home that takes longer to keep")
        .default(HOME_LIMITS.minutes)
        .argParser(positiveNumber),
    )
    .addOption(new Option("--yes", "do not ask before"))
    .action(async (names, options) => {
      const { reset } = require("../workflows/reset/index") as typeof import("../workflows/reset/index");
      const homes = options.discard === true ? "discard" : "keep";
      const limits = { gigabytes: options.maxHomeGb, minutes: options.maxHomeMinutes };
      const asking = options.yes === true ? "go ahead" : "ask";
      await reset(kit.contextOf(options), { names, homes, limits, asking });
    });
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 9999)) {
    throw new InvalidArgumentError("It must be a number above 0, at most 9999.");
  }
  return number;
}
