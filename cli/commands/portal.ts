import { Argument, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { type CommandBuilder, wholeNumber } from "./command-builder";

/** Defines `lab portal`. */
export function portalCommand(builder: CommandBuilder): void {
  builder
    .command("portal", "Serve the lesson and a terminal to students' browsers, on one HTTPS port, until Ctrl-C")
    .addArgument(
      new Argument(
        "[action]",
        '"free": let another browser claim a seat; "export": print each seat\'s progress; "verify": check a signed export',
      ).choices(["free", "export", "verify"] as const),
    )
    .argument("[subject]", 'for free: a seat, e.g. seat03, or "instructor"; for verify: the exported file')
    .addOption(new Option("--port <number>", "HTTPS port on this machine (default: 8443)").argParser(portNumber))
    .addOption(
      new Option("--host <name>", "host name or address that students open (default: this machine's first address)"),
    )
    .addOption(
      new Option(
        "--cert <file>",
        "TLS certificate with its chain, in PEM format; needs --key (default: a self-signed one)",
      ),
    )
    .addOption(new Option("--key <file>", "private key of that certificate, in PEM format"))
    .addOption(
      new Option("--stuck <minutes>", "minutes without a passed step after which a seat is shown as stuck")
        .argParser(wholeNumber)
        .default(15),
    )
    .addOption(
      new Option("--log-terminals <folder>", "record what terminals show in this folder; students see a notice"),
    )
    .addOption(
      new Option(
        "--format <form>",
        "for export: csv, or json with a signature, which proves what the portal recorded, not who did the work",
      ).choices(["csv", "json"] as const),
    )
    .addOption(
      new Option(
        "--fingerprint <fingerprint>",
        "for verify: fingerprint of the signing key, if it is not this class's",
      ),
    )
    .addOption(
      new Option("--lesson <dir>", "folder of your own lesson (docs/lessons.md) (default: the class's lesson)"),
    )
    .action(async (action, subject, options) => {
      const commands = require("../workflows/portal/index") as typeof import("../workflows/portal/index");
      const context = builder.contextOf(options);
      if (action === "free") {
        await commands.freeSeat(context, subject);
        return;
      }
      if (action !== undefined) {
        const record = require("../workflows/portal/record") as typeof import("../workflows/portal/record");
        action === "export"
          ? await record.exportRecord(context, options.format)
          : record.verifyRecord(context, subject, options.fingerprint);
        return;
      }
      const { port, host, cert, key, stuck, logTerminals, lesson } = options;
      await commands.portal(context, { port, host, certificate: cert, key, stuckMinutes: stuck, logTerminals, lesson });
    });
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError("It must be a port number from 1 to 65535.");
  }
  return port;
}
