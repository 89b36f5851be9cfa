import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Defines `lab cards`. */
export function cardsCommand(builder: CommandBuilder): void {
  builder
    .command("cards", "Write printable cards with each seat's address, user, password and QR code")
    .addOption(jsonOption())
    .addOption(new Option("--seat <name>", "write the card of this seat only, e.g. seat03"))
    .addOption(
      new Option("--output <folder>", "output folder, which you delete yourself (default: .lab/<stack>/cards)"),
    )
    .addOption(new Option("--keys", "also write each seat's private SSH key to a file"))
    .action(async (options) => {
      const { cards } = require("../workflows/cards/index") as typeof import("../workflows/cards/index");
      const { seat, output } = options;
      const keys = options.keys === true ? "with-keys" : "without-keys";
      builder.setExitCode(await cards(builder.contextOf(options), { seat, output, keys }));
    });
}
