import { Option } from "@commander-js/extra-typings";
import { defineCommand, jsonOption } from "./define-command";

export const auditCommand = defineCommand({
  name: "audit",
  description: "List resources of a lab that are missing from Pulumi's state; change nothing",
  flags: (command) =>
    command.addOption(jsonOption()).addOption(new Option("--all", "audit every lab of this folder").conflicts("stack")),
  run(context, { all }) {
    const { audit } = require("../workflows/audit/index") as typeof import("../workflows/audit/index");
    return audit(context, all ? "all-labs" : "one-lab");
  },
});
