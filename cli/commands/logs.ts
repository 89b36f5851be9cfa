import { Option } from "@commander-js/extra-typings";
import type { CommandBuilder } from "./command-builder";

/** Defines `lab logs`. */
export function logsCommand(builder: CommandBuilder): void {
  builder
    .command("logs", "Print a seat's cloud-init and gate log")
    .argument("[seat]", "seat, e.g. seat03 (required if the class has several)")
    .addOption(new Option("--follow", "keep printing as the log grows, until Ctrl-C"))
    .action(async (seat, options) => {
      const { logs } = require("../workflows/logs") as typeof import("../workflows/logs");
      builder.setExitCode(await logs(builder.contextOf(options), { seat, mode: options.follow ? "follow" : "print" }));
    });
}
