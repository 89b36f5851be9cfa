import { Option } from "@commander-js/extra-typings";
import { addSettingFlags, changesOf, defineCommand, refreshOption, repeated } from "./define-command";

export const upCommand = defineCommand({
  name: "up",
  description: "Set up everything and create the class; print how to reach each seat",
  flags: (command) =>
    addSettingFlags(command)
      .addOption(refreshOption())
      .addOption(
        new Option("--replace <seat>", "replace this seat's machine, including its disk (may be repeated)")
          .argParser(repeated)
          .default([] as string[], "none"),
      )
      .option("--keep-images", "do not recreate images that were removed or retagged on nodes")
      .option("--no-verify", "skip the quick check of the seats that were created or changed")
      .option("--force", "create the class even if this machine lacks capacity for it")
      .option("--yes", "accepted for scripts; up never asks"),
  async run(context, options) {
    const { up } = require("../workflows/up/index") as typeof import("../workflows/up/index");
    await up(context, {
      changes: changesOf(options),
      refresh: options.refresh ? "refresh" : "trust-state",
      replace: options.replace,
      images: options.keepImages ? "leave" : "repair",
      verdict: options.verify ? "quick" : "none",
      capacityCheck: options.force ? "skipped" : "required",
    });
  },
});
