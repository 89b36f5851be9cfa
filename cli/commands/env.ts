import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab env`. */
export function envCommand(kit: CommandBuilder): void {
  kit
    .command("env", "Prints the exports that make plain pulumi work on the same stack")
    .addOption(jsonOption())
    .action(async (options) => {
      const { env } = require("../workflows/env") as typeof import("../workflows/env");
      await env(kit.contextOf(options));
    });
}
