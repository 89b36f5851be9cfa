import { type CommandBuilder, jsonOption } from "./command-builder";

/** Defines `lab spare`. */
export function spareCommand(builder: CommandBuilder): void {
  builder
    .command("spare", "Move a seat whose machine failed to a spare node")
    .argument("<seat>", "seat to move, e.g. seat03")
    .addOption(jsonOption())
    .action(async (seat, options) => {
      const { spare } = require("../workflows/spare") as typeof import("../workflows/spare");
      await spare(builder.contextOf(options), seat);
    });
}
