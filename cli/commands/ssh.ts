import { Option } from "@commander-js/extra-typings";
import type { CommandBuilder } from "./command-builder";

/** Usage of `lab ssh`. */
export function sshCommand(kit: CommandBuilder): void {
  kit
    .command("ssh", "A shell on node1, or one command there; gives its exit code")
    .argument("[words...]", "seat (needed when there are several), then a command and its arguments")
    .addOption(
      new Option("--user <name>", "log in as root or student").choices(["root", "student"] as const).default("root"),
    )
    .passThroughOptions()
    .action(async (words, options) => {
      const { ssh } = require("../workflows/ssh") as typeof import("../workflows/ssh");
      kit.endWith(await ssh(kit.contextOf(options), { words, user: options.user }));
    });
}
