import { Argument, InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { defineCommand, wholeNumber } from "./define-command";

export const portalCommand = defineCommand({
  name: "portal",
  description: "Serve the lesson and a terminal to students' browsers, on one HTTPS port, until Ctrl-C",
  flags: (command) =>
    command
      .addArgument(
        new Argument(
          "[action]",
          '"free": let another browser claim a seat; "export": print each seat\'s progress; "verify": check a signed export',
        ).choices(["free", "export", "verify"] as const),
      )
      .argument("[subject]", 'for free: a seat, e.g. seat03, or "instructor"; for verify: the exported file')
      .option("--port <number>", "HTTPS port on this machine (default: 8443)", portNumber)
      .option("--host <name>", "host name or address that students open (default: this machine's first address)")
      .option(
        "--cert <file>",
        "TLS certificate with its chain, in PEM format; needs --key (default: a self-signed one)",
      )
      .option("--key <file>", "private key of that certificate, in PEM format")
      .option(
        "--stuck <minutes>",
        "minutes without a passed step after which a seat is shown as stuck",
        wholeNumber,
        15,
      )
      .option("--log-terminals <folder>", "record what terminals show in this folder; students see a notice")
      .addOption(
        new Option(
          "--format <form>",
          "for export: csv, or json with a signature, which proves what the portal recorded, not who did the work",
        ).choices(["csv", "json"] as const),
      )
      .option("--fingerprint <fingerprint>", "for verify: fingerprint of the signing key, if it is not this class's")
      .option("--lesson <dir>", "folder of your own lesson (docs/lessons.md) (default: the class's lesson)"),
  async run(context, options, action, subject) {
    const workflows = require("../workflows/portal/index") as typeof import("../workflows/portal/index");
    if (action === "free") {
      await workflows.freeSeat(context, subject);
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
    await workflows.portal(context, { port, host, certificate: cert, key, stuckMinutes: stuck, logTerminals, lesson });
  },
});

function portNumber(value: string): number {
  const port = Number(value);
  if (!/^\d{1,5}$/.test(value) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError("It must be a port number from 1 to 65535.");
  }
  return port;
}
