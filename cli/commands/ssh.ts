import { Option } from "@commander-js/extra-typings";
import { defineCommand } from "./define-command";

export const sshCommand = defineCommand({
  name: "ssh",
  description: "Open a shell on a seat's node1, or run one command there and exit with its exit code",
  flags: (command) =>
    command
      .argument("[arguments...]", "seat (required if the class has several), then a command and its arguments")
      .addOption(new Option("--user <name>", "user to log in as").choices(["root", "student"] as const).default("root"))
      .passThroughOptions(),
  run(context, { user }, words) {
    const { ssh } = require("../workflows/ssh") as typeof import("../workflows/ssh");
    return ssh(context, { words, user });
  },
});
