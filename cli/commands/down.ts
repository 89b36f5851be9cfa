import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab down`. */
export function downCommand(kit: CommandBuilder): void {
  kit
    .command("down", "pulumi destroy, then proves that nothing is left")
    .addOption(jsonOption())
    .addOption(new Option("--yes", "accepted for scripts; down asks nothing"))
    .action(async (options) => {
      const { down } = require("../workflows/down") as typeof import("../workflows/down");
      await down(kit.contextOf(options));
    });
}
