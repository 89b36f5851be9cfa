import { csvCell } from "../../../core/quoting";
import { type SeatCard, STUDENT, sshCommand, sshUri } from "./card";

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
