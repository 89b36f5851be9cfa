import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/operation";
import { readStateWithSecrets } from "../../../adapters/pulumi/state";
import { cardsDirectory, portalDirectory } from "../../../adapters/ssh/options";
import { standingExpiry } from "../../../config/expiry";
import type { Moves } from "../../../config/moves";
import type { LabConfig } from "../../../config/schema";
import { findSeat, knownSeats } from "../../../core/class-state/known-seats";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { withSeats } from "../../../portal/server/claims";
import { RosterFile } from "../../../portal/server/roster";
import { wantedConfig } from "../configure/wanted-config";
import { type CardsOfClass, cardsOf, keyFileOf, type SeatCard } from "./card";
import { endsText, renderCsv, writeSecretFiles } from "./files";
import { renderHtml } from "./html";

/** Options of `lab cards`. */
export interface CardsRequest {
  /** The only seat to make a card for. */
  readonly seat: string | undefined;
  /** Another folder than the stack's own. */
  readonly output: string | undefined;
  /** Whether the students' private keys are written beside the cards. */
  readonly keys: "with-keys" | "without-keys";
}

/** Writes the cards of a class, for printing and as a table; gives the exit code, 1 when seats had to be left out. */
export async function cards(context: CommandContext, request: CardsRequest): Promise<number> {
  const { stack, config } = await openExistingStack(context);
  const settings = wantedConfig(config, new Map());
  const choice = { seat: request.seat, moved: settings.moved, stack: stack.name };
  const made = chooseCards(await readStateWithSecrets(stack), choice);
  const withPortal = portalEntries(context, made.cards);
  const files = filesOf(withPortal, request, stack.name, settings);
  tell(context, request, made, writeSecretFiles(folderFor(context, request), files));
  return made.without.length === 0 ? 0 : 1;
}

/** The cards with a code for the portal each, where one was opened. */
function portalEntries({ runtime, options }: CommandContext, made: readonly SeatCard[]): readonly SeatCard[] {
  const book = new RosterFile(join(runtime.programDirectory, portalDirectory(options.stack)));
  if (book.read().address === undefined) {
    return made;
  }
  const { address, seats } = book.update((before) =>
    withSeats(
      before,
      made.map(({ seat }) => seat),
    ),
  );
  return made.map((card) => {
    const code = seats[card.seat]?.code;
    return address === undefined || code === undefined ? card : { ...card, portal: { ...address, code } };
  });
}

interface CardsChoice {
  /** The only seat; undefined for all. */
  readonly seat: string | undefined;
  readonly moved: Moves;
  readonly stack: string;
}

/** The cards that were asked for. Throws when there is none, or no such seat. */
export function chooseCards(
  resources: readonly StateResource[],
  { seat: name, moved, stack }: CardsChoice,
): CardsOfClass {
  const seats = knownSeats(resources, moved);
  if (seats.length === 0) {
    throw new LabError("This lab has no seats: it is down.", { hint: `Type ./lab up${stackFlag(stack)} to make it.` });
  }
  const only = name === undefined ? undefined : findSeat(seats, name);
  if (name !== undefined && only === undefined) {
    const hint = `There are: ${seats.map(({ seat }) => seat).join(", ")}.`;
    throw new LabError(`There is no seat "${name}".`, { exitCode: 2, hint });
  }
  const isWanted = ({ seat }: { readonly seat: string }) => only === undefined || seat === only.seat;
  const { cards: all, without } = cardsOf(resources, moved);
  const chosen = { cards: all.filter(isWanted), without: without.filter(isWanted) };
  if (chosen.cards.length === 0) {
    const reasons = chosen.without.map(({ seat, reason }) => `${seat} ${reason}.`).join("\n");
    throw new LabError(`There is no card to make: ${reasons}`, {
      hint: `Type ./lab up${stackFlag(stack)} to repair it.`,
    });
  }
  return chosen;
}

/** What is written, by name. */
function filesOf(
  made: readonly SeatCard[],
  { seat, keys }: CardsRequest,
  lab: string,
  settings: LabConfig,
): ReadonlyMap<string, string> {
  const name = seat === undefined ? "cards" : (made[0]?.seat ?? seat);
  const now = new Date();
  const about = { lab, ends: endsText(standingExpiry(settings, now)), printed: now.toISOString().slice(0, 10) };
  const keyFiles = keys === "with-keys" ? made.map((card) => [keyFileOf(card), card.privateKey] as const) : [];
  return new Map([[`${name}.html`, renderHtml(made, about)], [`${name}.csv`, renderCsv(made)], ...keyFiles]);
}

function folderFor({ runtime, options }: CommandContext, { seat, output }: CardsRequest): string {
  if (output !== undefined) {
    return resolve(output);
  }
  const folder = join(runtime.programDirectory, cardsDirectory(options.stack));
  if (seat === undefined) {
    // A whole class anew: nothing there is to outlive its seat.
    rmSync(folder, { recursive: true, force: true });
  }
  return folder;
}

function tell(
  { runtime: { stdout }, options, reporter }: CommandContext,
  { keys }: CardsRequest,
  { cards: made, without }: CardsOfClass,
  files: readonly string[],
): void {
  const seats = made.map(({ seat }) => seat);
  stdout.write(
    options.json
      ? `${JSON.stringify({ stack: options.stack, seats, files, without }, null, 2)}\n`
      : `Whoever has these files has ${seats.length === 1 ? "the seat" : `all ${seats.length} seats`}:\n${files.map((file) => `  ${file}\n`).join("")}`,
  );
  for (const { seat, reason } of without) {
    reporter.warn(`No card for ${seat}: it ${reason}.`);
  }
  if (keys === "without-keys" && made.some(({ password }) => password === undefined)) {
    reporter.warn("Students of this lab log in by key alone: ./lab cards --keys writes their key files.");
  }
}
