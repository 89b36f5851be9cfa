import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab bake`. */
export function bakeCommand(kit: CommandBuilder): void {
  kit
    .command("bake", "Keeps a ready node as an image, from which the next labs with the same settings are made fast")
    .addOption(jsonOption())
    .addOption(new Option("--list", "show the bakes that there are").conflicts("remove"))
    .addOption(new Option("--remove <hash>", 'remove a bake, or "all" that no machine is made from'))
    .action(async ({ list, remove, ...options }) => {
      const commands = require("../workflows/bake/index") as typeof import("../workflows/bake/index");
      const context = kit.contextOf(options);
      if (list) {
        await commands.listBakes(context);
      } else if (remove !== undefined) {
        await commands.removeBakes(context, remove);
      } else {
        await commands.bake(context);
      }
    });
}
