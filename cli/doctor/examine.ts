import type { LabConfig } from "../../config/schema";
import type { CommandContext } from "../surroundings";
import type { Finding } from "./finding";

/** Looks at everything that decides whether a class would come up. Makes nothing. */
export function examine(context: CommandContext, config: LabConfig): Promise<Finding[]> {
  const examiners: Readonly<Record<LabConfig["target"], () => Promise<Finding[]>>> = {
    local: () => (require("./examine-local") as typeof import("./examine-local")).examineLocal(context, config),
    aws: () => (require("./examine-aws") as typeof import("./examine-aws")).examineAws(context, config),
  };
  return examiners[config.target]();
}
