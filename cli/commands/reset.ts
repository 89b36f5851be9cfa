import { InvalidArgumentError } from "@commander-js/extra-typings";
import { defineCommand, jsonOption } from "./define-command";

export const resetCommand = defineCommand({
  name: "reset",
  description: "Replace seats' machines; save each student's home as an archive first",
  flags: (command) =>
    command
      .argument("<seats...>", "seats to reset, e.g. seat03 seat07")
      .addOption(jsonOption())
      .option("--discard", "do not save students' homes (for nodes that cannot be reached)")
      .option("--max-home-gb <number>", "largest compressed home to save, in GB", positiveNumber, 4)
      .option("--max-home-minutes <number>", "longest time to save a home, in minutes", positiveNumber, 10)
      .option("--yes", "do not ask for confirmation"),
  async run(context, { discard, maxHomeGb, maxHomeMinutes, yes }, names) {
    const { reset } = require("../workflows/reset/index") as typeof import("../workflows/reset/index");
    await reset(context, {
      names,
      homes: discard ? "discard" : "keep",
      limits: { gigabytes: maxHomeGb, minutes: maxHomeMinutes },
      asking: yes ? "go ahead" : "ask",
    });
  },
});

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 9999)) {
    throw new InvalidArgumentError("It must be a number above 0, at most 9999.");
  }
  return number;
}
