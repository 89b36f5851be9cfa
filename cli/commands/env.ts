import { type CommandBuilder, jsonOption } from "./command-builder";

/** Defines `lab env`. */
export function envCommand(builder: CommandBuilder): void {
  builder
    .command("env", "Print the environment variables with which plain pulumi works on this stack")
    .addOption(jsonOption())
    .action(async (options) => {
      const { env } = require("../workflows/env") as typeof import("../workflows/env");
      await env(builder.contextOf(options));
    });
}
