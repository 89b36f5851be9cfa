import type { CommandContext } from "../../../core/command-context";
import type { BakeStore } from "./bake-store";
import { localBakeStore } from "./local/place";
import { isAtAws } from "./target";

/** Where the bakes of a stack are kept. AWS's clients are loaded where they are needed alone. */
export async function openBakeStore(context: CommandContext): Promise<BakeStore> {
  if (isAtAws(context)) {
    const aws = require("./aws/place") as typeof import("./aws/place");
    return aws.awsBakeStore(context);
  }
  return localBakeStore(context);
}
