import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, wholeNumber } from "./command-builder";

/** Usage of `lab verify`. */
export function verifyCommand(kit: CommandBuilder): void {
  kit
    .command("verify", "Performs the lesson on every seat; shows what failed, and keeps the evidence")
    .addOption(
      new Option(
        "--lesson <dir>",
        "a lesson of your own (docs/lessons.md); it is typed as it stands: verify before the class",
      ),
    )
    .addOption(new Option("--seat <name...>", "only these seats (default: all)"))
    .addOption(new Option("--step <id...>", "only these steps, and those that they need (default: all)"))
    .addOption(
      new Option("--json [file]", 'write the verdict as JSON; without a file, or with "-", to stdout and nothing else'),
    )
    .addOption(new Option("--junit <file>", 'write it as JUnit XML, which CI systems show; "-" for stdout'))
    .addOption(
      new Option("--parallel <number>", "seats at a time (default: twice this machine's cores)").argParser(wholeNumber),
    )
    .action(async ({ lesson, seat = [], step = [], json: file, junit, parallel, ...options }) => {
      const { verify } = require("../workflows/verify/index") as typeof import("../workflows/verify/index");
      const output = file === true ? "-" : file;
      const context = kit.contextOf({ ...options, json: output === "-" ? true : undefined });
      kit.endWith(await verify(context, { lesson, seats: seat, steps: step, json: output, junit, parallel }));
    });
}
