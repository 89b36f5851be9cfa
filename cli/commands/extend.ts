import { Option } from "@commander-js/extra-typings";
import { LabError } from "../../core/errors";
import type { ExtendRequest } from "../workflows/extend/choose-end";
import { defineCommand, jsonOption } from "./define-command";

export const extendCommand = defineCommand({
  name: "extend",
  description: "Move the end of a running class to a later time; machines and their contents stay",
  flags: (command) =>
    command
      .addOption(jsonOption())
      .option("--until <time>", "new end: 18:00 (today), 2026-12-01T18:00, or with a time zone 2026-12-01T18:00Z")
      .addOption(new Option("--by <duration>", "time to add to the current end, e.g. 90m or 2h").conflicts("until")),
  async run(context, { until, by }) {
    const { extend } = require("../workflows/extend/index") as typeof import("../workflows/extend/index");
    await extend(context, extendRequest(until, by));
  },
});

/** The requested end. Throws if neither option is given. */
export function extendRequest(until: string | undefined, by: string | undefined): ExtendRequest {
  if (until !== undefined) {
    return { until };
  }
  if (by !== undefined) {
    return { by };
  }
  throw new LabError("lab extend needs --until or --by.", {
    exitCode: 2,
    hint: "For example, run ./lab extend --by 2h, or ./lab extend --until 18:00.",
  });
}
