import { changesOf, settingsCommand, type UsageKit } from "./kit";

/** Usage of `lab doctor`. */
export function doctorUsage(kit: UsageKit): void {
  settingsCommand(
    kit,
    "doctor",
    "Whether a class of these settings would come up; makes nothing, keeps nothing",
  ).action(async (options) => {
    const { doctor } = require("../commands/doctor") as typeof import("../commands/doctor");
    kit.endWith(await doctor(kit.contextOf(options), changesOf(options)));
  });
}
