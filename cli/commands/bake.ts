import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Defines `lab bake`. */
export function bakeCommand(builder: CommandBuilder): void {
  builder
    .command("bake", "Save a ready node as an image; later labs with the same settings start from it")
    .addOption(jsonOption())
    .addOption(new Option("--list", "list the saved bakes").conflicts("remove"))
    .addOption(new Option("--remove <hash>", 'remove one bake, or "all" that no machine uses'))
    .action(async ({ list, remove, ...options }) => {
      const commands = require("../workflows/bake/index") as typeof import("../workflows/bake/index");
      const context = builder.contextOf(options);
      if (list) {
        await commands.listBakes(context);
      } else if (remove !== undefined) {
        await commands.removeBakes(context, remove);
      } else {
        await commands.bake(context);
      }
    });
}
