import { Option } from "@commander-js/extra-typings";
import type { CommandBuilder } from "./command-builder";

/** Usage of `lab logs`. */
export function logsCommand(kit: CommandBuilder): void {
  kit
    .command("logs", "A seat's cloud-init and gate log")
    .argument("[seat]", "needed when there are several")
    .addOption(new Option("--follow", "go on as the log grows"))
    .action(async (seat, options) => {
      const { logs } = require("../workflows/logs") as typeof import("../workflows/logs");
      kit.endWith(await logs(kit.contextOf(options), { seat, mode: options.follow ? "follow" : "print" }));
    });
}
