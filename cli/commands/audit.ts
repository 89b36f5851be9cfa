import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Defines `lab audit`. */
export function auditCommand(builder: CommandBuilder): void {
  builder
    .command("audit", "List resources of a lab that are missing from Pulumi's state; change nothing")
    .addOption(jsonOption())
    .addOption(new Option("--all", "audit every lab of this folder").conflicts("stack"))
    .action(async ({ all, ...options }) => {
      const { audit } = require("../workflows/audit/index") as typeof import("../workflows/audit/index");
      builder.setExitCode(await audit(builder.contextOf(options), all === true ? "all-labs" : "one-lab"));
    });
}
