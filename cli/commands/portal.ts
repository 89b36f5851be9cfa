import { Argument, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { type CommandBuilder, wholeNumber } from "./command-builder";

/** Usage of `lab portal`. */
export function portalCommand(kit: CommandBuilder): void {
  kit
    .command("portal", "The lesson and a terminal in every student's browser, on one HTTPS port, until Ctrl-C")
    .addArgument(
      new Argument(
        "[action]",
        '"free": a seat can be claimed by another browser; "export": prints who is how far; "verify": judges an export',
      ).choices(["free", "export", "verify"] as const),
    )
    .argument("[what]", 'the seat to free, such as seat03, or "instructor"; the signed export to judge')
    .addOption(new Option("--port <number>", "port of this machine (default: 8443)").argParser(portNumber))
    .addOption(
      new Option("--host <name>", "name or address that students type (default: this machine's first address)"),
    )
    .addOption(new Option("--cert <file>", "certificate to show, with its chain, in PEM format; needs --key"))
    .addOption(new Option("--key <file>", "private key of that certificate"))
    .addOption(
      new Option("--stuck <minutes>", "who passed no step for so long is shown as stuck")
        .argParser(wholeNumber)
        .default(15),
    )
    .addOption(new Option("--log-terminals <folder>", "keep what terminals show there; students are told"))
    .addOption(
      new Option(
        "--format <form>",
        "of export: a table, or signed: the signature proves what the portal recorded, not who did the work",
      ).choices(["csv", "json"] as const),
    )
    .addOption(new Option("--fingerprint <sum>", "of verify: the key that signed, where it is not this class's"))
    .addOption(new Option("--lesson <dir>", "a lesson of your own in place of the class's (docs/lessons.md)"))
    .action(async (action, what, options) => {
      const commands = require("../workflows/portal/index") as typeof import("../workflows/portal/index");
      const context = kit.contextOf(options);
      if (action === "free") {
        await commands.freeSeat(context, what);
        return;
      }
      if (action !== undefined) {
        const record = require("../workflows/portal/record") as typeof import("../workflows/portal/record");
        action === "export"
          ? await record.exportRecord(context, options.format)
          : record.verifyRecord(context, what, options.fingerprint);
        return;
      }
      const { port, host, cert, key, stuck, logTerminals, lesson } = options;
      await commands.portal(context, { port, host, certificate: cert, key, stuckMinutes: stuck, logTerminals, lesson });
    });
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError("It must be a port, from 1 to 65535.");
  }
  return port;
}
