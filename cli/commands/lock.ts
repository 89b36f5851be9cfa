import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab lock`. */
export function lockCommand(kit: CommandBuilder): void {
  kit
    .command("lock", "Asks anew for everything that lab.lock.json pins; shows what moved, and writes it")
    .addOption(jsonOption())
    .addOption(new Option("--trivy <version>", "move to another version of Trivy").conflicts("check"))
    .addOption(
      new Option("--region <name>", "pin Ubuntu's machine images of this AWS region too (may be repeated)")
        .argParser((region: string, before: string[]) => [...before, region])
        .default([] as string[], "those that are pinned already")
        .conflicts("check"),
    )
    .addOption(new Option("--check", "ask and change nothing; exit code 1 when something is not pinned"))
    .action(async ({ check, trivy, region, ...options }) => {
      const { lock, checkLock } = require("../workflows/lock/index") as typeof import("../workflows/lock/index");
      if (check) {
        kit.endWith(checkLock(kit.contextOf(options)));
      } else {
        await lock(kit.contextOf(options), { trivy, regions: region });
      }
    });
}
