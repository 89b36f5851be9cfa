import { defineCommand, jsonOption } from "./define-command";

export const envCommand = defineCommand({
  name: "env",
  description: "Print the environment variables with which plain pulumi works on this stack",
  flags: (command) => command.addOption(jsonOption()),
  async run(context) {
    const { env } = require("../workflows/env") as typeof import("../workflows/env");
    await env(context);
  },
});
