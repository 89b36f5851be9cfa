import { defineCommand, jsonOption } from "./define-command";

export const statusCommand = defineCommand({
  name: "status",
  description: "Show seats, addresses, engine and images, and report drift",
  flags: (command) =>
    command
      .addOption(jsonOption())
      .option("--mark", "mark images removed or retagged on nodes, so that the next pulumi up recreates them"),
  async run(context, { mark }) {
    const { status } = require("../workflows/status/index") as typeof import("../workflows/status/index");
    await status(context, mark ? "mark" : "only look");
  },
});
