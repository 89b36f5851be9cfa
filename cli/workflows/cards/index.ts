import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
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
  /** The only seat that gets a card. Undefined: all. */
  readonly seat: string | undefined;
  /** Undefined: the stack's own folder. */
  readonly output: string | undefined;
  /** Whether the students' private keys are written beside the cards. */
  readonly keys: "with-keys" | "without-keys";
}

/** Writes the cards of a class, to print and as a table. Returns the exit code: 1 if seats have no card. */
export async function cards(context: CommandContext, request: CardsRequest): Promise<number> {
  const { runtime, options, reporter } = context;
  const { stack, config } = await openExistingStack(context);
  const settings = wantedConfig(config, new Map());
  const choice = { seat: request.seat, moved: settings.moved, stack: stack.name };
  const { cards: chosen, without } = chooseCards(await readStateWithSecrets(stack), choice);
  const contents = filesOf(withPortalCodes(context, chosen), request, stack.name, settings);
  const files = writeSecretFiles(folderFor(context, request), contents);
  const seats = chosen.map(({ seat }) => seat);
  const access = seats.length === 1 ? "the seat" : `all ${seats.length} seats`;
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ stack: options.stack, seats, files, without }, null, 2)}\n`
      : `These files give access to ${access}:\n${files.map((file) => `  ${file}\n`).join("")}`,
  );
  for (const { seat, reason } of without) {
    reporter.warn(`No card for ${seat}: it ${reason}.`);
  }
  if (request.keys === "without-keys" && chosen.some(({ password }) => password === undefined)) {
    reporter.warn("Students of this lab log in only by key: run ./lab cards --keys to write their key files.");
  }
  return without.length === 0 ? 0 : 1;
}

/** The cards, each with a code for the portal if one was opened. */
function withPortalCodes({ runtime, options }: CommandContext, chosen: readonly SeatCard[]): readonly SeatCard[] {
  const roster = new RosterFile(join(runtime.programDirectory, portalDirectory(options.stack)));
  if (roster.read().address === undefined) {
    return chosen;
  }
  const names = chosen.map(({ seat }) => seat);
  const { address, seats } = roster.update((before) => withSeats(before, names));
  return chosen.map((card) => {
    const code = seats[card.seat]?.code;
    return address === undefined || code === undefined ? card : { ...card, portal: { ...address, code } };
  });
}

interface CardsChoice {
  /** The only seat. Undefined: all. */
  readonly seat: string | undefined;
  readonly moved: Moves;
  readonly stack: string;
}

/** The requested cards. Throws if there is none, or no such seat. */
export function chooseCards(
  resources: readonly StateResource[],
  { seat: name, moved, stack }: CardsChoice,
): CardsOfClass {
  const seats = knownSeats(resources, moved);
  if (seats.length === 0) {
    throw new LabError("This lab has no seats: it is down.", { hint: `Run ./lab up${stackFlag(stack)} to create it.` });
  }
  const only = name === undefined ? undefined : findSeat(seats, name);
  if (name !== undefined && only === undefined) {
    const hint = `Seats: ${seats.map(({ seat }) => seat).join(", ")}.`;
    throw new LabError(`There is no seat "${name}".`, { exitCode: 2, hint });
  }
  const isChosen = ({ seat }: { readonly seat: string }) => only === undefined || seat === only.seat;
  const all = cardsOf(resources, moved);
  const chosen = { cards: all.cards.filter(isChosen), without: all.without.filter(isChosen) };
  if (chosen.cards.length === 0) {
    const reasons = chosen.without.map(({ seat, reason }) => `${seat} ${reason}.`).join("\n");
    throw new LabError(`No card can be made: ${reasons}`, { hint: `Run ./lab up${stackFlag(stack)} to repair it.` });
  }
  return chosen;
}

/** Contents of the files, by name. */
function filesOf(
  chosen: readonly SeatCard[],
  { seat, keys }: CardsRequest,
  lab: string,
  settings: LabConfig,
): ReadonlyMap<string, string> {
  const name = seat === undefined ? "cards" : (chosen[0]?.seat ?? seat);
  const now = new Date();
  const about = { lab, ends: endsText(standingExpiry(settings, now)), printed: now.toISOString().slice(0, 10) };
  const keyFiles = keys === "with-keys" ? chosen.map((card) => [keyFileOf(card), card.privateKey] as const) : [];
  return new Map([[`${name}.html`, renderHtml(chosen, about)], [`${name}.csv`, renderCsv(chosen)], ...keyFiles]);
}

function folderFor({ runtime, options }: CommandContext, { seat, output }: CardsRequest): string {
  if (output !== undefined) {
    return resolve(output);
  }
  const folder = join(runtime.programDirectory, cardsDirectory(options.stack));
  if (seat === undefined) {
    // All cards are written again: no file may outlive its seat.
    rmSync(folder, { recursive: true, force: true });
  }
  return folder;
}
