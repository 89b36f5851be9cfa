import { Option } from "@commander-js/extra-typings";
import { defineCommand, jsonOption, repeated } from "./define-command";

export const lockCommand = defineCommand({
  name: "lock",
  description: "Update lab.lock.json to the current versions of everything it pins; show the changes",
  flags: (command) =>
    command
      .addOption(jsonOption())
      .addOption(
        new Option("--trivy <version>", "pin this version of Trivy (default: the pinned one)").conflicts("check"),
      )
      .addOption(
        new Option("--region <name>", "also pin Ubuntu's machine images of this AWS region (may be repeated)")
          .argParser(repeated)
          .default([] as string[], "the regions already pinned")
          .conflicts("check"),
      )
      .option("--check", "change nothing; exit code 1 if anything is not pinned"),
  async run(context, { check, trivy, region }) {
    const { lock, checkLock } = require("../workflows/lock/index") as typeof import("../workflows/lock/index");
    if (check) {
      return checkLock(context);
    }
    await lock(context, { trivy, regions: region });
    return 0;
  },
});
