import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab repair`. */
export function repairCommand(kit: CommandBuilder): void {
  kit
    .command("repair", "Finds what a killed command or a damaged state has left behind, and mends it after asking")
    .addOption(jsonOption())
    .addOption(new Option("--yes", "go on with the plan without asking"))
    .action(async (options) => {
      const { repair } = require("../workflows/repair") as typeof import("../workflows/repair");
      await repair(kit.contextOf(options), options.yes === true ? "given" : "to be asked for");
    });
}
