import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, changesOf, refreshOf, refreshOption, settingsCommand } from "./command-builder";

/** Defines `lab up`. */
export function upCommand(builder: CommandBuilder): void {
  settingsCommand(builder, "up", "Set up everything and create the class; print how to reach each seat")
    .addOption(refreshOption())
    .addOption(
      new Option("--replace <seat>", "replace this seat's machine, including its disk (may be repeated)")
        .argParser((seat: string, before: string[]) => [...before, seat])
        .default([] as string[], "none"),
    )
    .addOption(new Option("--keep-images", "do not recreate images that were removed or retagged on nodes"))
    .addOption(new Option("--no-verify", "skip the quick check of the seats that were created or changed"))
    .addOption(new Option("--force", "create the class even if this machine lacks capacity for it"))
    .addOption(new Option("--yes", "accepted for scripts; up never asks"))
    .action(async (options) => {
      const { up } = require("../workflows/up/index") as typeof import("../workflows/up/index");
      const { replace } = options;
      const verdict = options.verify ? "quick" : "none";
      const changes = changesOf(options);
      const room = options.force === true ? "unjudged" : "required";
      const images = options.keepImages === true ? "leave" : "repair";
      await up(builder.contextOf(options), { changes, refresh: refreshOf(options), replace, images, verdict, room });
    });
}
