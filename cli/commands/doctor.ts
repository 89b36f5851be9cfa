import { type CommandBuilder, changesOf, settingsCommand } from "./command-builder";

/** Defines `lab doctor`. */
export function doctorCommand(builder: CommandBuilder): void {
  settingsCommand(
    builder,
    "doctor",
    "Check whether a class with these settings can be created; create and save nothing",
  ).action(async (options) => {
    const { doctor } = require("../workflows/doctor/index") as typeof import("../workflows/doctor/index");
    builder.setExitCode(await doctor(builder.contextOf(options), changesOf(options)));
  });
}
