import { defineCommand, jsonOption } from "./define-command";

export const spareCommand = defineCommand({
  name: "spare",
  description: "Move a seat whose machine failed to a spare node",
  flags: (command) => command.argument("<seat>", "seat to move, e.g. seat03").addOption(jsonOption()),
  async run(context, _, seat) {
    const { spare } = require("../workflows/spare") as typeof import("../workflows/spare");
    await spare(context, seat);
  },
});
