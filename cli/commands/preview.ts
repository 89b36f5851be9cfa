import { addSettingFlags, changesOf, defineCommand, refreshOption } from "./define-command";

export const previewCommand = defineCommand({
  name: "preview",
  description: "Show what up would create and change (pulumi preview)",
  flags: (command) => addSettingFlags(command).addOption(refreshOption()),
  async run(context, options) {
    const { preview } = require("../workflows/preview") as typeof import("../workflows/preview");
    await preview(context, { changes: changesOf(options), refresh: options.refresh ? "refresh" : "trust-state" });
  },
});
