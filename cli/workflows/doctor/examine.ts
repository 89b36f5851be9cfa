import type { LabConfig } from "../../../config/schema";
import type { CommandContext } from "../../../core/command-context";
import type { Finding } from "./finding";

/** Looks at everything that decides whether a class would come up. Makes nothing. */
export function examine(context: CommandContext, config: LabConfig): Promise<Finding[]> {
  return config.target === "aws" ? examineClassAtAws(context, config) : examineClassHere(context, config);
}

/** Each loaded for its own target alone: a local lab needs none of AWS's clients. */
function examineClassAtAws(context: CommandContext, config: LabConfig): Promise<Finding[]> {
  const { examineAws } = require("./examine-aws") as typeof import("./examine-aws");
  return examineAws(context, config);
}

function examineClassHere(context: CommandContext, config: LabConfig): Promise<Finding[]> {
  const { examineLocal } = require("./examine-local") as typeof import("./examine-local");
  return examineLocal(context, config);
}
