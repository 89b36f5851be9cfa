import { type CommandBuilder, changesOf, refreshOf, refreshOption, settingsCommand } from "./command-builder";

/** Defines `lab preview`. */
export function previewCommand(builder: CommandBuilder): void {
  settingsCommand(builder, "preview", "Show what up would create and change (pulumi preview)")
    .addOption(refreshOption())
    .action(async (options) => {
      const { preview } = require("../workflows/preview") as typeof import("../workflows/preview");
      await preview(builder.contextOf(options), { changes: changesOf(options), refresh: refreshOf(options) });
    });
}
