import { jsonOption, type UsageKit } from "./kit";

/** Usage of `lab status`. */
export function statusUsage(kit: UsageKit): void {
  kit
    .command("status", "Seats, addresses, engine, images")
    .addOption(jsonOption())
    .action(async (options) => {
      const { status } = require("../commands/status") as typeof import("../commands/status");
      await status(kit.contextOf(options));
    });
}
