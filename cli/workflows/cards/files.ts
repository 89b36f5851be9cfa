import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Expiry, expiryText } from "../../../config/expiry";
import { LabError } from "../../../core/errors";
import { csvCell } from "../../../core/quoting";
import { type SeatCard, STUDENT, sshCommand, sshUri } from "./card";

/** Writes files that only their owner may read into a folder, which is created if necessary. Returns their paths. */
export function writeSecretFiles(directory: string, files: ReadonlyMap<string, string>): string[] {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return [...files].map(([name, text]) => writeSecretFile(join(directory, name), text));
  } catch (error) {
    throw new LabError(`Could not write the cards to ${directory}: ${(error as Error).message}`, {
      hint: "Choose another folder: ./lab cards --output FOLDER",
      cause: error,
    });
  }
}

/** Replaces an existing file, whose mode might let others read it. */
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

/** The cards as CSV (RFC 4180), for spreadsheets and mail merges, one seat per line. */
export function renderCsv(cards: readonly SeatCard[]): string {
  const rows = [COLUMNS.map(([name]) => name), ...cards.map((card) => COLUMNS.map(([, value]) => value(card)))];
  return rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("");
}

/** The end of a class, for a card. Undefined: it does not end by itself. */
export function endsText(expiry: Expiry | undefined): string | undefined {
  if (expiry === undefined) {
    return undefined;
  }
  return "time" in expiry
    ? `Ends ${expiry.time.slice(0, "2026-12-01T18:00".length).replace("T", " ")} UTC`
    : `Ends ${expiryText(expiry)} after its first boot`;
}
