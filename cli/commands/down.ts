import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Defines `lab down`. */
export function downCommand(builder: CommandBuilder): void {
  builder
    .command("down", "Destroy the class, then check that nothing is left")
    .addOption(jsonOption())
    .addOption(new Option("--yes", "accepted for scripts; down never asks"))
    .action(async (options) => {
      const { down } = require("../workflows/down") as typeof import("../workflows/down");
      await down(builder.contextOf(options));
    });
}
