import { defineCommand } from "./define-command";

export const logsCommand = defineCommand({
  name: "logs",
  description: "Print a seat's cloud-init and gate log",
  flags: (command) =>
    command
      .argument("[seat]", "seat, e.g. seat03 (required if the class has several)")
      .option("--follow", "keep printing as the log grows, until Ctrl-C"),
  run(context, { follow }, seat) {
    const { logs } = require("../workflows/logs") as typeof import("../workflows/logs");
    return logs(context, { seat, mode: follow ? "follow" : "print" });
  },
});
