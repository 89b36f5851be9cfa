import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encodeQR } from "qr";
import { serverOf } from "../../../config/hosts";
import { escapeHtml } from "../../../core/quoting";
import { claimUrl } from "../../../portal/server/address";
import { keyFileOf, type PortalEntry, type SeatCard, STUDENT, sshCommand, sshUri } from "./card";

/** Texts on every card of a class. */
export interface ClassText {
  /** Name of the class: its stack's. */
  readonly lab: string;
  /** When its machines end, as text. Undefined: never. */
  readonly ends: string | undefined;
  /** Day of printing, e.g. `2026-12-01`. */
  readonly printed: string;
}

/** Cards on one sheet of paper: two columns, four rows, on A4 as on Letter. */
const CARDS_A_SHEET = 8;

/** The cards as one self-contained page, to print. */
export function renderHtml(cards: readonly SeatCard[], about: ClassText): string {
  const title = `Cards of the lab "${about.lab}"`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>
${readFileSync(join(__dirname, "cards.css"), "utf8").trim()}
</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p>${countOf(cards)}, ${CARDS_A_SHEET} on a sheet of A4 or Letter. Print, cut along the dashes, hand out. A card gives access to its seat.</p>
</header>
<main>
${sheetsOf(cards)
  .map((sheet) => `<section>\n${sheet.map((card) => renderCard(card, about)).join("\n")}\n</section>`)
  .join("\n")}
</main>
</body>
</html>
`;
}

function countOf({ length }: readonly SeatCard[]): string {
  return `${length} ${length === 1 ? "card" : "cards"}`;
}

function sheetsOf(cards: readonly SeatCard[]): SeatCard[][] {
  return Array.from({ length: Math.ceil(cards.length / CARDS_A_SHEET) }, (_, sheet) =>
    cards.slice(sheet * CARDS_A_SHEET, (sheet + 1) * CARDS_A_SHEET),
  );
}

function renderCard(card: SeatCard, { lab, ends, printed }: ClassText): string {
  const uri = card.portal === undefined ? sshUri(card) : claimUrl(card.portal.url, card.portal.code);
  const secret = card.password === undefined ? ["Key file", keyFileOf(card)] : ["Password", card.password];
  const notes = [...reach(card), ...(ends === undefined ? [] : [ends]), `Printed ${printed}`];
  return `<article>
<h2>${escapeHtml(card.seat)} <small>${escapeHtml(lab)}</small></h2>
<div class="facts">
${card.portal === undefined ? renderFacts([["Address", card.host], ["Port", String(card.port)], ["User", STUDENT], secret]) : renderPortal(card.portal, secret)}
<figure role="img" aria-label="QR code of ${escapeHtml(uri)}">${qrCode(uri)}</figure>
</div>
<p class="command"><code>${escapeHtml(sshCommand(card))}</code></p>
<p class="check">Asked about the host key, type yes only if it shows<br><code>${escapeHtml(card.fingerprint)}</code></p>
<footer>${notes.map((note) => `<span>${escapeHtml(note)}</span>`).join(" ")}</footer>
</article>`;
}

function renderFacts(facts: readonly (readonly string[])[]): string {
  const rows = facts.map(([term = "", value = ""]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<dl>\n${rows.join("\n")}\n</dl>`;
}

/** Address, code, and the fingerprint to compare when the browser warns of the certificate. The ssh command has the rest. */
function renderPortal({ url, code, fingerprint }: PortalEntry, secret: readonly string[]): string {
  const digits = fingerprint.replaceAll(":", "").toLowerCase();
  return `<div>
<p class="portal">In a browser<br><code>${escapeHtml(url)}</code></p>
${renderFacts([secret, ["Portal code", code]])}
<p class="certificate">Its certificate, if the browser warns (SHA-256)<br><code>${escapeHtml(digits)}</code></p>
</div>`;
}

/** Loopback and private addresses, which only a local class has. */
const NOT_PUBLIC = /^(127|10|172\.(1[6-9]|2\d|3[01])|192\.168)\./;

/** Note for a local class, which can be reached only from its own machine. */
function reach({ host, through, portal }: SeatCard): string[] {
  const server = through === undefined ? undefined : (serverOf(through)?.name ?? through);
  if (server === undefined && !NOT_PUBLIC.test(host)) {
    return [];
  }
  const where = server ?? "the machine that runs the lab";
  return [portal === undefined ? `Only from ${where}` : `ssh: only on ${where}`];
}

/** A QR code as SVG, with medium error correction, so that a creased card can be read. */
export function qrCode(text: string): string {
  return encodeQR(text, "svg", { ecc: "medium", border: 4 });
}
