import { defineCommand, jsonOption } from "./define-command";

export const cardsCommand = defineCommand({
  name: "cards",
  description: "Write printable cards with each seat's address, user, password and QR code",
  flags: (command) =>
    command
      .addOption(jsonOption())
      .option("--seat <name>", "write the card of this seat only, e.g. seat03")
      .option("--output <folder>", "output folder, which you delete yourself (default: .lab/<stack>/cards)")
      .option("--keys", "also write each seat's private SSH key to a file"),
  run(context, { seat, output, keys }) {
    const { cards } = require("../workflows/cards/index") as typeof import("../workflows/cards/index");
    return cards(context, { seat, output, keys: keys ? "with-keys" : "without-keys" });
  },
});
