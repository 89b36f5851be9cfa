import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Defines `lab repair`. */
export function repairCommand(builder: CommandBuilder): void {
  builder
    .command("repair", "Repair what a killed command or a damaged state left behind; ask for confirmation first")
    .addOption(jsonOption())
    .addOption(new Option("--yes", "do not ask for confirmation"))
    .action(async (options) => {
      const { repair } = require("../workflows/repair") as typeof import("../workflows/repair");
      await repair(builder.contextOf(options), options.yes === true ? "given" : "to be asked for");
    });
}
