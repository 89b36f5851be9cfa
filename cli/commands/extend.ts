import { Option } from "@commander-js/extra-typings";
import { LabError } from "../../core/errors";
import type { ExtendRequest } from "../workflows/extend/choose-end";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab extend`. */
export function extendCommand(kit: CommandBuilder): void {
  kit
    .command("extend", "A later end for a running class; its machines stay, with all that is on them")
    .addOption(jsonOption())
    .addOption(new Option("--until <time>", "18:00 (today), 2026-12-01T18:00, or with a zone 2026-12-01T18:00Z"))
    .addOption(new Option("--by <duration>", "so much later than it ends now, such as 90m or 2h").conflicts("until"))
    .action(async ({ until, by, ...options }) => {
      const { extend } = require("../workflows/extend/index") as typeof import("../workflows/extend/index");
      await extend(kit.contextOf(options), extendRequest(until, by));
    });
}

/** What was asked for. Throws when nothing was. */
export function extendRequest(until: string | undefined, by: string | undefined): ExtendRequest {
  if (until !== undefined) {
    return { until };
  }
  if (by !== undefined) {
    return { by };
  }
  throw new LabError("Until when? Say --until or --by.", {
    exitCode: 2,
    hint: "Such as ./lab extend --by 2h, or ./lab extend --until 18:00",
  });
}
