import { Option } from "@commander-js/extra-typings";
import { jsonOption, type UsageKit } from "./kit";

/** Usage of `lab down`. */
export function downUsage(kit: UsageKit): void {
  kit
    .command("down", "pulumi destroy, then proves that nothing is left")
    .addOption(jsonOption())
    .addOption(new Option("--yes", "accepted for scripts; down asks nothing"))
    .action(async (options) => {
      const { down } = require("../commands/down") as typeof import("../commands/down");
      await down(kit.contextOf(options));
    });
}
