import { Option } from "@commander-js/extra-typings";
import { type CommandBuilder, jsonOption } from "./command-builder";

/** Usage of `lab cards`. */
export function cardsCommand(kit: CommandBuilder): void {
  kit
    .command("cards", "Cards to print and hand out: each seat's address, user, password and QR code")
    .addOption(jsonOption())
    .addOption(new Option("--seat <name>", "the card of this seat alone, such as seat03"))
    .addOption(new Option("--output <folder>", "write there instead of .lab/<stack>/cards; you remove it yourself"))
    .addOption(new Option("--keys", "write each seat's private key too, to hand out as a file"))
    .action(async (options) => {
      const { cards } = require("../workflows/cards/index") as typeof import("../workflows/cards/index");
      const { seat, output } = options;
      const keys = options.keys === true ? "with-keys" : "without-keys";
      kit.endWith(await cards(kit.contextOf(options), { seat, output, keys }));
    });
}
