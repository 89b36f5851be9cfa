import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab status`. */
export function statusCommand(kit: CommandBuilder): void {
  kit
    .command("status", "Seats, addresses, engine, images, and what of them is not as it was")
    .addOption(jsonOption())
    .addOption(
      new Option("--mark", "mark images that were removed or retagged on nodes: the next pulumi up makes them anew"),
    )
    .action(async (options) => {
      const { status } = require("../workflows/status/index") as typeof import("../workflows/status/index");
      await status(kit.contextOf(options), options.mark === true ? "mark" : "only look");
    });
}
