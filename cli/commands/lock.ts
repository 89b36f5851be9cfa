import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Defines `lab lock`. */
export function lockCommand(builder: CommandBuilder): void {
  builder
    .command("lock", "Update lab.lock.json to the current versions of everything it pins; show the changes")
    .addOption(jsonOption())
    .addOption(
      new Option("--trivy <version>", "pin this version of Trivy (default: the pinned one)").conflicts("check"),
    )
    .addOption(
      new Option("--region <name>", "also pin Ubuntu's machine images of this AWS region (may be repeated)")
        .argParser((region: string, before: string[]) => [...before, region])
        .default([] as string[], "the regions already pinned")
        .conflicts("check"),
    )
    .addOption(new Option("--check", "change nothing; exit code 1 if anything is not pinned"))
    .action(async ({ check, trivy, region, ...options }) => {
      const { lock, checkLock } = require("../workflows/lock/index") as typeof import("../workflows/lock/index");
      if (check) {
        builder.setExitCode(checkLock(builder.contextOf(options)));
      } else {
        await lock(builder.contextOf(options), { trivy, regions: region });
      }
    });
}
