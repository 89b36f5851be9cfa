import { Option } from "@commander-js/extra-typings";
import type { CommandBuilder } from "./command-builder";

/** Defines `lab ssh`. */
export function sshCommand(builder: CommandBuilder): void {
  builder
    .command("ssh", "Open a shell on a seat's node1, or run one command there and exit with its exit code")
    .argument("[arguments...]", "seat (required if the class has several), then a command and its arguments")
    .addOption(new Option("--user <name>", "user to log in as").choices(["root", "student"] as const).default("root"))
    .passThroughOptions()
    .action(async (words, options) => {
      const { ssh } = require("../workflows/ssh") as typeof import("../workflows/ssh");
      builder.setExitCode(await ssh(builder.contextOf(options), { words, user: options.user }));
    });
}
