import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { type LastEnd, withStackLock } from "../../../adapters/pulumi/stack-lock";
import { readState } from "../../../adapters/pulumi/state";
import { findSeat, type KnownSeat, knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { confirm } from "../../ui/confirm";
import { wantedConfig } from "../configure/wanted-config";
import { requireSameMachines } from "../extend/seat-ends";
import { enginesOfLab } from "../prepare/hosts/engines";
import { prepareLab } from "../prepare/index";
import { repairBeforeUp } from "../recovery/before";
import { upPrepared } from "../up/index";
import { formatBytes, type HomeLimits, homesDirectory, type KeptHome, keepHome, type ReachableSeat } from "./keep-home";

/** What is to be reset, and how. */
export interface ResetRequest {
  /** Seats' names. */
  readonly names: readonly string[];
  /** What becomes of what students have made. */
  readonly homes: "keep" | "discard";
  readonly limits: HomeLimits;
  /** Whether a person at a terminal is asked before. */
  readonly asking: "ask" | "go ahead";
}

/** New machines for some seats, with the students' homes kept; all other seats stay as they are. */
export async function reset(context: CommandContext, request: ResetRequest): Promise<void> {
  return withStackLock(context, "reset", (lastEnd) => resetAlone(context, request, lastEnd));
}

async function resetAlone(context: CommandContext, request: ResetRequest, lastEnd: LastEnd): Promise<void> {
  const { stack, config } = await openExistingStack(context);
  const { moved } = wantedConfig(config, new Map());
  const seats = chooseSeats(knownSeats(await readState(stack), moved), request.names);
  await askBefore(context, request, seats);
  const lab = await prepareLab(context, new Map(), "unjudged");
  const repaired = await repairBeforeUp(context, lab, { engines: enginesOfLab(lab), lastEnd });
  await requireSameMachines(context, lab, { refusal: "Not reset", nodes: seats.map(({ node }) => node) });
  const homes = request.homes === "keep" ? await keepHomes(context, seats, request.limits) : [];
  await upPrepared(context, lab, {
    changes: new Map(),
    refresh: repaired === "something" ? "refresh" : "trust-state",
    replace: seats.map(({ seat }) => seat),
    // Of the other seats nothing is touched, images included.
    images: "leave",
    verdict: "quick",
    room: "unjudged",
    report: { homes },
  });
}

async function askBefore(
  { runtime: { stderr }, options, signal }: CommandContext,
  { homes, asking }: ResetRequest,
  seats: readonly KnownSeat[],
): Promise<void> {
  if (asking === "go ahead" || !process.stdin.isTTY || !stderr.isTTY) {
    return;
  }
  const names = seats.map(({ seat }) => seat).join(", ");
  const fate = homes === "keep" ? `homes are kept in ${homesDirectory(options.stack)} first` : "homes are lost, too";
  const question = `New machines for ${names}, disks and all? Students' ${fate}.`;
  if ((await confirm(question, { input: process.stdin, output: stderr, signal })) === "no") {
    throw new LabError("Not reset: nothing was changed.");
  }
}

/** All homes before the first machine goes. Where nobody can have worked there is none. */
async function keepHomes(
  context: CommandContext,
  seats: readonly KnownSeat[],
  limits: HomeLimits,
): Promise<KeptHome[]> {
  const homes: KeptHome[] = [];
  for (const seat of seats) {
    if (seat.ready === undefined || seat.ssh === undefined) {
      context.reporter.info(`${seat.seat} was never ready: there is no home to keep`);
      continue;
    }
    const home = await keepHome(context, { ...seat, ssh: seat.ssh } satisfies ReachableSeat, limits);
    context.reporter.info(`${seat.seat}'s home is in ${home.file} (${formatBytes(home.bytes)})`);
    for (const line of home.leftOut) {
      context.reporter.warn(`${seat.seat}'s home, not kept or changed meanwhile: ${line}`);
    }
    homes.push(home);
  }
  return homes;
}

/** The seats that are to be reset, each once. Throws, exit code 2, for a name that is no seat or spare of the lab. */
export function chooseSeats(seats: readonly KnownSeat[], names: readonly string[]): KnownSeat[] {
  const chosen = names.map((name) => {
    const seat = findSeat(seats, name);
    if (seat === undefined || seat.role === "left") {
      const there = seats.filter(({ role }) => role !== "left").map((known) => known.seat);
      throw new LabError(`There is no seat "${name}" to reset.`, {
        exitCode: 2,
        hint: `There are: ${there.join(", ") || "none, the lab is down"}.`,
      });
    }
    return seat;
  });
  return [...new Set(chosen)];
}
