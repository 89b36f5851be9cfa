import { Option } from "@commander-js/extra-typings";
import { defineCommand, jsonOption } from "./define-command";

export const bakeCommand = defineCommand({
  name: "bake",
  description: "Save a ready node as an image; later labs with the same settings start from it",
  flags: (command) =>
    command
      .addOption(jsonOption())
      .addOption(new Option("--list", "list the saved bakes").conflicts("remove"))
      .option("--remove <hash>", 'remove one bake, or "all" that no machine uses'),
  async run(context, { list, remove }) {
    const workflows = require("../workflows/bake/index") as typeof import("../workflows/bake/index");
    if (list) {
      await workflows.listBakes(context);
    } else if (remove !== undefined) {
      await workflows.removeBakes(context, remove);
    } else {
      await workflows.bake(context);
    }
  },
});
