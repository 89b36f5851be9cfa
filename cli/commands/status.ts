import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Defines `lab status`. */
export function statusCommand(builder: CommandBuilder): void {
  builder
    .command("status", "Show seats, addresses, engine and images, and report drift")
    .addOption(jsonOption())
    .addOption(
      new Option("--mark", "mark images removed or retagged on nodes, so that the next pulumi up recreates them"),
    )
    .action(async (options) => {
      const { status } = require("../workflows/status/index") as typeof import("../workflows/status/index");
      await status(builder.contextOf(options), options.mark === true ? "mark" : "only look");
    });
}
