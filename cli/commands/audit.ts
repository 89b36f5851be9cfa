import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab audit`. */
export function auditCommand(kit: CommandBuilder): void {
  kit
    .command("audit", "Looks for everything that a lab made and Pulumi's state does not have; changes nothing")
    .addOption(jsonOption())
    .addOption(new Option("--all", "every lab of this folder").conflicts("stack"))
    .action(async ({ all, ...options }) => {
      const { audit } = require("../workflows/audit/index") as typeof import("../workflows/audit/index");
      kit.endWith(await audit(kit.contextOf(options), all === true ? "all-labs" : "one-lab"));
    });
}
