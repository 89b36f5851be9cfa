import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, changesOf, refreshOf, refreshOption, settingsCommand } from "./command-builder";

/** Usage of `lab up`. */
export function upCommand(kit: CommandBuilder): void {
  settingsCommand(kit, "up", "All set-up, then a ready lab; prints how to reach each seat")
    .addOption(refreshOption())
    .addOption(
      new Option("--replace <seat>", "make this seat's machine anew, disk and all (may be repeated)")
        .argParser((seat: string, before: string[]) => [...before, seat])
        .default([] as string[], "none"),
    )
    .addOption(new Option("--keep-images", "leave images alone that were removed or retagged on nodes"))
    .addOption(new Option("--no-verify", "leave out the quick verdict on what was made or changed"))
    .addOption(new Option("--force", "make more seats than this machine has room for"))
    .addOption(new Option("--yes", "accepted for scripts; up asks nothing"))
    .action(async (options) => {
      const { up } = require("../workflows/up/index") as typeof import("../workflows/up/index");
      const { replace } = options;
      const verdict = options.verify ? "quick" : "none";
      const changes = changesOf(options);
      const room = options.force === true ? "unjudged" : "required";
      const images = options.keepImages === true ? "leave" : "mend";
      await up(kit.contextOf(options), { changes, refresh: refreshOf(options), replace, images, verdict, room });
    });
}
