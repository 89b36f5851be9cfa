import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { portalDirectory } from "../../../adapters/ssh/options";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { SIGNATURE_MEANING } from "../../../portal/protocol";
import { labVersion, recordOf, renderRecordCsv } from "../../../portal/server/class-record";
import { type Roster, RosterFile } from "../../../portal/server/roster";
import {
  checkSignature,
  keyFingerprint,
  ownSigningKey,
  readSigningKey,
  signRecord,
} from "../../../portal/server/signed-record";
import { runsOnMachine } from "./machine";

/** Prints the class's progress from the roster; the portal may be open or closed. */
export async function exportRecord(context: CommandContext, format: "csv" | "json" | undefined): Promise<void> {
  const { runtime, options, reporter } = context;
  const flag = stackFlag(options.stack);
  if (format === undefined) {
    throw new LabError("The format of the export is missing: --format csv or --format json.", {
      exitCode: 2,
      hint: `Run ./lab portal${flag} export --format json > progress.json for a signed export.`,
    });
  }
  const directory = join(runtime.programDirectory, portalDirectory(options.stack));
  const roster = await rosterOf(context, directory);
  if (roster.lesson === undefined) {
    throw new LabError(`There is nothing to export: the portal of "${options.stack}" was never open.`, {
      hint: `Run ./lab portal${flag} to open it.`,
    });
  }
  const record = recordOf(roster, { lab: options.stack, labVersion: labVersion(), now: new Date() });
  if (format === "csv") {
    runtime.stdout.write(renderRecordCsv(record));
    return;
  }
  runtime.stdout.write(signRecord(record, ownSigningKey(directory)));
  // On stderr: the export usually goes to a file.
  reporter.info(SIGNATURE_MEANING);
}

/** The roster, wherever the portal stores it. */
async function rosterOf(context: CommandContext, directory: string): Promise<Roster> {
  if (!runsOnMachine(context)) {
    return new RosterFile(directory).read();
  }
  const { rosterOnMachine } = require("./on-machine") as typeof import("./on-machine");
  return rosterOnMachine(context);
}

/** Verifies a signed export. Throws a LabError if it is not genuine, or was signed by an unknown key. */
export function verifyRecord(
  { runtime, options }: CommandContext,
  file: string | undefined,
  fingerprint: string | undefined,
): void {
  if (file === undefined) {
    throw new LabError("The file of the export is missing.", {
      exitCode: 2,
      hint: `Run ./lab portal${stackFlag(options.stack)} verify FILE.`,
    });
  }
  const text = readExport(file);
  const expected = fingerprint ?? ownFingerprint(join(runtime.programDirectory, portalDirectory(options.stack)));
  const result = checkSignature(text, expected ?? "");
  switch (result.kind) {
    case "genuine": {
      const { lab, exportedAt } = result.record;
      runtime.stdout.write(
        `${file} is genuine: the portal of "${lab}" wrote it at ${exportedAt}, signed by ${result.fingerprint}.\n${SIGNATURE_MEANING}\n`,
      );
      return;
    }
    case "not genuine":
      throw new LabError(`${file} is not genuine: ${result.reason}.`);
    case "another key":
      throw expected === undefined
        ? new LabError(
            `${file} was not changed, but the class "${options.stack}" has no signing key here; it was signed by ${result.fingerprint}.`,
            {
              hint: "Add the class, with --stack NAME, or the key that the portal printed, with --fingerprint sha256:...",
            },
          )
        : new LabError(`${file} is not from this class: it was signed by ${result.fingerprint}, not by ${expected}.`, {
            hint: "Add the class, with --stack NAME, or the key, with --fingerprint sha256:...",
          });
  }
}

/** The class's own key; undefined if it has none here. */
function ownFingerprint(directory: string): string | undefined {
  const key = readSigningKey(directory);
  return key && keyFingerprint(key);
}

function readExport(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new LabError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}).`, {
      exitCode: 2,
      hint: "Run ./lab portal verify FILE with a file from the wall or from ./lab portal export --format json.",
      cause: error,
    });
  }
}
