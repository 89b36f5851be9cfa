import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stackFlag } from "../../../adapters/pulumi/operation";
import { portalDirectory } from "../../../adapters/ssh/options";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { recordOf } from "../../../portal/server/record/class-record";
import { renderRecordCsv } from "../../../portal/server/record/render-csv";
import { type Judgement, judgeSigned, signRecord } from "../../../portal/server/record/signed-record";
import { keyFingerprint, ownSigningKey, readSigningKey } from "../../../portal/server/record/signing-key";
import { type Roster, RosterFile } from "../../../portal/server/roster";
import { labVersion } from "../../../portal/server/versions";
import { SIGNATURE_MEANING } from "../../../portal/signature-meaning";
import { runsOnMachine } from "./machine";

/** Prints who is how far, as the roster has it; the portal may be open or closed. */
export async function exportRecord(context: CommandContext, format: "csv" | "json" | undefined): Promise<void> {
  const { runtime, options, reporter } = context;
  const flag = stackFlag(options.stack);
  if (format === undefined) {
    throw new LabError("In which form? Say --format csv or --format json.", {
      exitCode: 2,
      hint: `Such as ./lab portal${flag} export --format json > progress.json, which is signed`,
    });
  }
  const directory = join(runtime.programDirectory, portalDirectory(options.stack));
  const book = await bookOf(context, directory);
  if (book.lesson === undefined) {
    throw new LabError(`There is nothing to export: the portal of "${options.stack}" was never open.`, {
      hint: `Type ./lab portal${flag} to open it.`,
    });
  }
  const record = recordOf(book, { lab: options.stack, labVersion: labVersion(), now: new Date() });
  if (format === "csv") {
    runtime.stdout.write(renderRecordCsv(record));
    return;
  }
  runtime.stdout.write(signRecord(record, ownSigningKey(directory)));
  // Beside the result, which goes to a file.
  reporter.info(SIGNATURE_MEANING);
}

/** The roster, wherever the portal keeps it. */
async function bookOf(context: CommandContext, directory: string): Promise<Roster> {
  if (!runsOnMachine(context)) {
    return new RosterFile(directory).read();
  }
  const { bookOnMachine } = require("./on-machine") as typeof import("./on-machine");
  return bookOnMachine(context);
}

/** Tells whether a signed export is as a class's portal wrote it. Throws when it is not, or nobody knows. */
export function verifyRecord(
  { runtime, options }: CommandContext,
  file: string | undefined,
  fingerprint: string | undefined,
): void {
  if (file === undefined) {
    throw new LabError("Which export is to be judged?", {
      exitCode: 2,
      hint: `Such as ./lab portal${stackFlag(options.stack)} verify progress.json`,
    });
  }
  const text = readExport(file);
  const expected = fingerprint ?? ownFingerprint(join(runtime.programDirectory, portalDirectory(options.stack)));
  const judgement = judgeSigned(text, expected ?? "");
  if (judgement.kind !== "genuine") {
    throw problemOf(judgement, file, expected);
  }
  const { record } = judgement;
  runtime.stdout.write(
    `${file} is genuine: the portal of "${record.lab}" wrote it at ${record.exportedAt}, signed by ${judgement.fingerprint}.\n${SIGNATURE_MEANING}\n`,
  );
}

function readExport(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new LabError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}).`, {
      exitCode: 2,
      hint: "Give the file that the wall or ./lab portal export --format json wrote.",
      cause: error,
    });
  }
}

function ownFingerprint(directory: string): string | undefined {
  const key = readSigningKey(directory);
  return key === undefined ? undefined : keyFingerprint(key);
}

function problemOf(judgement: Exclude<Judgement, { kind: "genuine" }>, file: string, expected: string | undefined) {
  if (judgement.kind === "not genuine") {
    return new LabError(`${file} is not genuine: ${judgement.reason}.`);
  }
  const { fingerprint } = judgement;
  return expected === undefined
    ? new LabError(`${file} is whole, but there is no class here to say whose key signed it: ${fingerprint}`, {
        hint: "The portal printed its fingerprint when it was opened. Give that one: --fingerprint sha256:...",
      })
    : new LabError(`${file} is not this class's: it was signed by ${fingerprint}, not by ${expected}.`, {
        hint: "Name the class by --stack NAME, or the key by --fingerprint sha256:...",
      });
}
