import type { CommandContext } from "../../../core/command-context";
import type { BakePlace } from "./bake-store";
import { localPlace } from "./local/place";
import { isAtAws } from "./target";

/** Where the bakes of a stack are kept. AWS's clients are loaded where they are needed alone. */
export async function openPlace(context: CommandContext): Promise<BakePlace> {
  if (isAtAws(context)) {
    const aws = require("./aws/place") as typeof import("./aws/place");
    return aws.awsPlace(context);
  }
  return localPlace(context);
}
