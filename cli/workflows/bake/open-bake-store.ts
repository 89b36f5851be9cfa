import type { CommandContext } from "../../../core/command-context";
import type { BakeStore } from "./bake-store";
import { localBakeStore } from "./local/bake-store";
import { isAtAws } from "./target";

/** Where the bakes of a stack are kept. AWS's clients are loaded where they are needed alone. */
export async function openBakeStore(context: CommandContext): Promise<BakeStore> {
  if (isAtAws(context)) {
    const aws = require("./aws/bake-store") as typeof import("./aws/bake-store");
    return aws.awsBakeStore(context);
  }
  return localBakeStore(context);
}
