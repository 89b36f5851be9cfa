import { defineCommand, wholeNumber } from "./define-command";

export const verifyCommand = defineCommand({
  name: "verify",
  description: "Perform the lesson on every seat; show what failed, and save the evidence",
  flags: (command) =>
    command
      .option(
        "--lesson <dir>",
        "folder of your own lesson (docs/lessons.md); its commands run unchanged, so verify before class",
      )
      .option("--seat <name...>", "verify only these seats, e.g. seat01 seat03 (default: all)")
      .option("--step <id...>", "perform only these steps and the steps they need (default: all)")
      .option("--json [file]", 'write the verdict as JSON to this file; without a file, or with "-", only to stdout')
      .option("--junit <file>", 'write the verdict as JUnit XML to this file, or to stdout with "-"')
      .option("--parallel <number>", "number of seats at a time (default: twice the number of CPU cores)", wholeNumber),
  run(context, { lesson, seat = [], step = [], json, junit, parallel }) {
    const { verify } = require("../workflows/verify/index") as typeof import("../workflows/verify/index");
    const output = json === true ? "-" : json;
    return verify(context, { lesson, seats: seat, steps: step, json: output, junit, parallel });
  },
});
