import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, wholeNumber } from "./command-builder";

/** Defines `lab verify`. */
export function verifyCommand(builder: CommandBuilder): void {
  builder
    .command("verify", "Perform the lesson on every seat; show what failed, and save the evidence")
    .addOption(
      new Option(
        "--lesson <dir>",
        "folder of your own lesson (docs/lessons.md); its commands run unchanged, so verify before class",
      ),
    )
    .addOption(new Option("--seat <name...>", "verify only these seats, e.g. seat01 seat03 (default: all)"))
    .addOption(new Option("--step <id...>", "perform only these steps and the steps they need (default: all)"))
    .addOption(
      new Option(
        "--json [file]",
        'write the verdict as JSON to this file; without a file, or with "-", only to stdout',
      ),
    )
    .addOption(new Option("--junit <file>", 'write the verdict as JUnit XML to this file, or to stdout with "-"'))
    .addOption(
      new Option("--parallel <number>", "number of seats at a time (default: twice the number of CPU cores)").argParser(
        wholeNumber,
      ),
    )
    .action(async ({ lesson, seat = [], step = [], json: file, junit, parallel, ...options }) => {
      const { verify } = require("../workflows/verify/index") as typeof import("../workflows/verify/index");
      const output = file === true ? "-" : file;
      const context = builder.contextOf({ ...options, json: output === "-" ? true : undefined });
      builder.setExitCode(await verify(context, { lesson, seats: seat, steps: step, json: output, junit, parallel }));
    });
}
