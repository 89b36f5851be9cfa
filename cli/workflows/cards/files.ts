import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Expiry, expiryText } from "../../../config/expiry";
import { LabError } from "../../../core/errors";
import { csvCell } from "../../../core/quoting";
import { type SeatCard, STUDENT, sshCommand, sshUri } from "./card";

/** Writes files that their owner alone may read, by name, into a folder that is made where there is none. Gives their paths. */
export function writeSecretFiles(directory: string, files: ReadonlyMap<string, string>): string[] {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return [...files].map(([name, text]) => writeSecretFile(join(directory, name), text));
  } catch (error) {
    throw new LabError(`The cards cannot be written to ${directory}: ${(error as Error).message}`, {
      hint: "Give another folder: ./lab cards --output FOLDER",
      cause: error,
    });
  }
}

/** Renamed into place: what is there already might be open to others. */
function writeSecretFile(file: string, text: string): string {
  rmSync(`${file}.new`, { force: true });
  writeFileSync(`${file}.new`, text, { mode: 0o600, flag: "wx" });
  renameSync(`${file}.new`, file);
  return file;
}

const COLUMNS: readonly (readonly [string, (card: SeatCard) => string])[] = [
  ["seat", ({ seat }) => seat],
  ["host", ({ host }) => host],
  ["port", ({ port }) => String(port)],
  ["user", () => STUDENT],
  ["password", ({ password }) => password ?? ""],
  ["command", sshCommand],
  ["uri", sshUri],
  ["host key", ({ fingerprint }) => fingerprint],
  ["portal", ({ portal }) => portal?.url ?? ""],
  ["portal code", ({ portal }) => portal?.code ?? ""],
];

/** The cards as a table for spreadsheets and mail merges (RFC 4180), a seat a line. */
export function renderCsv(cards: readonly SeatCard[]): string {
  const rows = [COLUMNS.map(([name]) => name), ...cards.map((card) => COLUMNS.map(([, value]) => value(card)))];
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

/** When a class ends, for a card; undefined for one that does not end by itself. */
export function endsText(expiry: Expiry | undefined): string | undefined {
  if (expiry === undefined) {
    return undefined;
  }
  return "time" in expiry
    ? `Ends ${expiry.time.slice(0, "2026-12-01T18:00".length).replace("T", " ")} UTC`
    : `Ends ${expiryText(expiry)} after its first boot`;
}
