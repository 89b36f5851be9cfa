import { type CommandBuilder, changesOf, settingsCommand } from "./command-builder";

/** Usage of `lab doctor`. */
export function doctorCommand(kit: CommandBuilder): void {
  settingsCommand(
    kit,
    "doctor",
    "Whether a class of these settings would come up; makes nothing, keeps nothing",
  ).action(async (options) => {
    const { doctor } = require("../workflows/doctor/index") as typeof import("../workflows/doctor/index");
    kit.endWith(await doctor(kit.contextOf(options), changesOf(options)));
  });
}
