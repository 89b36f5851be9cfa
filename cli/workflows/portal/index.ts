import { once } from "node:events";
import { join, resolve } from "node:path";
import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/operation";
import { readState } from "../../../adapters/pulumi/state";
import { portalDirectory } from "../../../adapters/ssh/options";
import { DEFAULTS } from "../../../config/schema";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { releaseSeat, withSeats } from "../../../portal/server/claims";
import { unlessReplacing } from "../../../portal/server/class-changes";
import { bundlePage } from "../../../portal/server/page-files";
import { RosterFile } from "../../../portal/server/roster";
import { SeatNodes } from "../../../portal/server/seat-nodes";
import { SeatDirectory } from "../../../portal/server/seats";
import { servePortal } from "../../../portal/server/serve";
import { cookieName } from "../../../portal/server/session-auth";
import { TerminalLogs } from "../../../portal/server/terminal/terminal-logs";
import { WrongCodeDelay } from "../../../portal/server/wrong-code-delay";
import { wantedConfig } from "../configure/wanted-config";
import { homesDirectory } from "../reset/keep-home";
import { endOfChange, openChanges, runsOnMachine } from "./machine";
import { type Opening, type PortalRequest, prepareOpening, readRequest, tellOpen } from "./opening";

const LOOK_AGAIN_MILLISECONDS = 60_000;
const ENDING = "Ctrl-C closes it. Terminals go on where they were when it is opened again.";

/** Opens the portal: here, until Ctrl-C, or on the class's machine for it. */
export async function portal(context: CommandContext, request: PortalRequest): Promise<void> {
  const wanted = readRequest(request);
  const opened = await openExistingStack(context);
  const settings = wantedConfig(opened.config, new Map());
  if (settings.portal === "node") {
    const { openOnMachine } = require("./on-machine") as typeof import("./on-machine");
    return openOnMachine(context, { wanted, opened, settings, port: settings.portalPort });
  }
  return serveHere(context, { wanted, opened, settings, port: request.port ?? DEFAULTS.portalPort });
}

async function serveHere(context: CommandContext, opening: Opening): Promise<void> {
  const { runtime, signal } = context;
  const { wanted, port } = opening;
  const { stack, config } = opening.opened;
  const logs = terminalLogs(context, wanted.request);
  const seats = new SeatDirectory({
    programDirectory: runtime.programDirectory,
    stack: stack.name,
    readResources: () => readState(stack),
    readSettings: () => wantedConfig(config, new Map()),
  });
  await seats.refresh();
  const prepared = await prepareOpening(context, opening, seats.names());
  const { book, lesson, signingKey, certificate } = prepared;
  const nodes = new SeatNodes(seats);
  const changes = openChanges(context, seats, nodes);
  const running = await servePortal(
    {
      lab: stack.name,
      roster: book,
      wrongCodes: new WrongCodeDelay(),
      cookie: cookieName(stack.name, port),
      seats,
      nodes: unlessReplacing(nodes, changes),
      lesson,
      stuckMinutes: wanted.request.stuckMinutes,
      changes,
      signingKey,
      homes: homesDirectory(stack.name),
      logs,
      now: () => new Date(),
    },
    await bundlePage(),
    { ...certificate, port },
  );
  tellOpen(context, prepared, { seats: seats.names().length, ending: ENDING });
  const looking = setInterval(() => lookAgain(context, seats, book), LOOK_AGAIN_MILLISECONDS);
  if (!signal.aborted) {
    await once(signal, "abort");
  }
  clearInterval(looking);
  await running.close();
  await endOfChange(context, changes);
  await nodes.close();
}

/** Lets another browser claim a seat; also while the portal is open. */
export async function freeSeat(context: CommandContext, seat: string | undefined): Promise<void> {
  const { runtime, options } = context;
  const book = new RosterFile(join(runtime.programDirectory, portalDirectory(options.stack)));
  const { seats } = book.read();
  const hint = `There are: ${[...Object.keys(seats), "instructor"].join(", ")}. Type, for instance: ./lab portal${stackFlag(options.stack)} free ${Object.keys(seats)[0] ?? "seat01"}`;
  if (seat === undefined) {
    throw new LabError("Which seat is to be freed?", { exitCode: 2, hint });
  }
  if (releaseSeat(book.read(), seat) === undefined) {
    throw new LabError(`The portal of "${options.stack}" knows no seat "${seat}".`, { exitCode: 2, hint });
  }
  if (runsOnMachine(context)) {
    const { freeOnMachine } = require("./on-machine") as typeof import("./on-machine");
    await freeOnMachine(context, seat);
  } else {
    book.update((before) => releaseSeat(before, seat) ?? before);
  }
  runtime.stdout.write(`${seat} is free: the code on its card is good for one browser again.\n`);
}

function terminalLogs({ reporter }: CommandContext, { logTerminals }: PortalRequest): TerminalLogs | undefined {
  return logTerminals === undefined
    ? undefined
    : new TerminalLogs(resolve(logTerminals), (text) => reporter.warn(text));
}

/** Seats that came meanwhile get their codes. */
function lookAgain({ reporter }: CommandContext, seats: SeatDirectory, book: RosterFile): void {
  seats
    .refresh()
    .then(() => book.update((before) => withSeats(before, seats.names())))
    .catch((error: Error) => reporter.warn(`The stack cannot be read now: ${error.message}`));
}
