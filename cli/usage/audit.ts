import { Option } from "@commander-js/extra-typings";
import { jsonOption, type UsageKit } from "./kit";

/** Usage of `lab audit`. */
export function auditUsage(kit: UsageKit): void {
  kit
    .command("audit", "Looks for everything that a lab made and Pulumi's state does not have; changes nothing")
    .addOption(jsonOption())
    .addOption(new Option("--all", "every lab of this folder").conflicts("stack"))
    .action(async ({ all, ...options }) => {
      const { audit } = require("../commands/audit") as typeof import("../commands/audit");
      kit.endWith(await audit(kit.contextOf(options), all === true ? "all-labs" : "one-lab"));
    });
}
