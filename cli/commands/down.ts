import { defineCommand, jsonOption } from "./define-command";

export const downCommand = defineCommand({
  name: "down",
  description: "Destroy the class, then check that nothing is left",
  flags: (command) => command.addOption(jsonOption()).option("--yes", "accepted for scripts; down never asks"),
  async run(context) {
    const { down } = require("../workflows/down") as typeof import("../workflows/down");
    await down(context);
  },
});
