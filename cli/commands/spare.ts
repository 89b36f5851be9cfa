import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab spare`. */
export function spareCommand(kit: CommandBuilder): void {
  kit
    .command("spare", "Moves a seat whose machine broke to a spare, at once")
    .argument("<seat>", "the seat, e.g. seat03")
    .addOption(jsonOption())
    .action(async (seat, options) => {
      const { spare } = require("../workflows/spare") as typeof import("../workflows/spare");
      await spare(kit.contextOf(options), seat);
    });
}
