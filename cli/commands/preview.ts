import { type CommandBuilder, changesOf, refreshOf, refreshOption, settingsCommand } from "./command-builder";

/** Usage of `lab preview`. */
export function previewCommand(kit: CommandBuilder): void {
  settingsCommand(kit, "preview", "What would be made and changed, as pulumi preview")
    .addOption(refreshOption())
    .action(async (options) => {
      const { preview } = require("../workflows/preview") as typeof import("../workflows/preview");
      await preview(kit.contextOf(options), { changes: changesOf(options), refresh: refreshOf(options) });
    });
}
