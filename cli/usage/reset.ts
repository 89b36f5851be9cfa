import { Option } from "@commander-js/extra-typings";
import { jsonOption, type UsageKit } from "./kit";

/** Usage of `lab reset`. */
export function resetUsage(kit: UsageKit): void {
  kit
    .command("reset", "A new machine for a seat; the student's home is kept as an archive first, other seats stay")
    .argument("<seats...>", "the seats, e.g. seat03 seat07")
    .addOption(jsonOption())
    .addOption(new Option("--discard", "do not keep students' homes: for nodes that cannot be reached"))
    .addOption(new Option("--yes", "do not ask before"))
    .action(async (names, options) => {
      const { reset } = require("../commands/reset") as typeof import("../commands/reset");
      const homes = options.discard === true ? "discard" : "keep";
      const asking = options.yes === true ? "go ahead" : "ask";
      await reset(kit.contextOf(options), { names, homes, asking });
    });
}
