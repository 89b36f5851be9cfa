import { defineCommand, jsonOption } from "./define-command";

export const repairCommand = defineCommand({
  name: "repair",
  description: "Repair what a killed command or a damaged state left behind; ask for confirmation first",
  flags: (command) => command.addOption(jsonOption()).option("--yes", "do not ask for confirmation"),
  async run(context, { yes }) {
    const { repair } = require("../workflows/repair") as typeof import("../workflows/repair");
    await repair(context, yes ? "given" : "to be asked for");
  },
});
