import { once } from "node:events";
import { join, resolve } from "node:path";
import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
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
import { type Opening, type PortalRequest, prepareOpening, readRequest, reportOpen } from "./opening";

const REFRESH_MILLISECONDS = 60_000;
const ENDING = "Press Ctrl-C to close it. Terminals continue when you open it again.";

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
  const { roster, lesson, signingKey, certificate } = prepared;
  const nodes = new SeatNodes(seats);
  const changes = openChanges(context, seats, nodes);
  const running = await servePortal(
    {
      lab: stack.name,
      roster,
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
  reportOpen(context, prepared, { seats: seats.names().length, ending: ENDING });
  const refreshing = setInterval(() => refreshSeats(context, seats, roster), REFRESH_MILLISECONDS);
  if (!signal.aborted) {
    await once(signal, "abort");
  }
  clearInterval(refreshing);
  await running.close();
  await endOfChange(context, changes);
  await nodes.close();
}

/** Lets another browser claim a seat; also while the portal is open. */
export async function freeSeat(context: CommandContext, seat: string | undefined): Promise<void> {
  const { runtime, options } = context;
  const roster = new RosterFile(join(runtime.programDirectory, portalDirectory(options.stack)));
  const { seats } = roster.read();
  const hint = `This class has: ${[...Object.keys(seats), "instructor"].join(", ")}. Run ./lab portal${stackFlag(options.stack)} free SEAT.`;
  if (seat === undefined) {
    throw new LabError("The seat to free is missing.", { exitCode: 2, hint });
  }
  if (releaseSeat(roster.read(), seat) === undefined) {
    throw new LabError(`The portal of "${options.stack}" has no seat "${seat}".`, { exitCode: 2, hint });
  }
  if (runsOnMachine(context)) {
    const { freeOnMachine } = require("./on-machine") as typeof import("./on-machine");
    await freeOnMachine(context, seat);
  } else {
    roster.update((before) => releaseSeat(before, seat) ?? before);
  }
  runtime.stdout.write(`${seat} is free: another browser can use the code on its card.\n`);
}

function terminalLogs({ reporter }: CommandContext, { logTerminals }: PortalRequest): TerminalLogs | undefined {
  return logTerminals === undefined
    ? undefined
    : new TerminalLogs(resolve(logTerminals), (text) => reporter.warn(text));
}

/** Gives new seats their codes. */
function refreshSeats({ reporter }: CommandContext, seats: SeatDirectory, roster: RosterFile): void {
  seats
    .refresh()
    .then(() => roster.update((before) => withSeats(before, seats.names())))
    .catch((error: Error) => reporter.warn(`The stack cannot be read now: ${error.message}`));
}
