import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { withStackLock } from "../../../adapters/pulumi/stack-lock";
import { readState } from "../../../adapters/pulumi/state";
import { findSeat, type KnownSeat, knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { confirm } from "../../ui/confirm";
import { wantedConfig } from "../configure/wanted-config";
import { requireSameMachines } from "../extend/seat-ends";
import { engineAddressesOfLab } from "../prepare/hosts/docker-engines";
import { prepareLab } from "../prepare/index";
import { repairBeforeUp } from "../recovery/before";
import { upPrepared } from "../up/index";
import { formatBytes, type HomeLimits, homesDirectory, type SavedHome, saveHome } from "./keep-home";

/** Options of `lab reset`. */
export interface ResetRequest {
  /** Seats' names. */
  readonly names: readonly string[];
  /** Whether students' homes are saved. */
  readonly homes: "keep" | "discard";
  readonly limits: HomeLimits;
  /** Whether a person at a terminal is asked before. */
  readonly asking: "ask" | "go ahead";
}

/** Replaces the machines of some seats and saves the students' homes; all other seats stay unchanged. */
export async function reset(context: CommandContext, request: ResetRequest): Promise<void> {
  return withStackLock(context, "reset", async (lastEnd) => {
    const { stack, config } = await openExistingStack(context);
    const { moved } = wantedConfig(config, new Map());
    const seats = chooseSeats(knownSeats(await readState(stack), moved), request.names);
    await requireConsent(context, request, seats);
    const lab = await prepareLab(context, new Map(), "skipped");
    const repaired = await repairBeforeUp(context, lab, { engines: engineAddressesOfLab(lab), lastEnd });
    await requireSameMachines(context, lab, { refusal: "Not reset", nodes: seats.map(({ node }) => node) });
    const homes = request.homes === "keep" ? await saveHomes(context, seats, request.limits) : [];
    await upPrepared(context, lab, {
      changes: new Map(),
      refresh: repaired === "something" ? "refresh" : "trust-state",
      replace: seats.map(({ seat }) => seat),
      // The images of other seats stay unchanged, too.
      images: "leave",
      verdict: "quick",
      capacityCheck: "skipped",
      report: { homes },
    });
  });
}

/** Asks at a terminal. Throws if the answer is no. */
async function requireConsent(
  { runtime: { stderr }, options, signal }: CommandContext,
  { homes, asking }: ResetRequest,
  seats: readonly KnownSeat[],
): Promise<void> {
  if (asking === "go ahead" || !process.stdin.isTTY || !stderr.isTTY) {
    return;
  }
  const names = seats.map(({ seat }) => seat).join(", ");
  const fate = homes === "keep" ? `are saved in ${homesDirectory(options.stack)} first` : "are lost, too";
  const question = `Replace the machines of ${names}, including their disks? Students' homes ${fate}.`;
  if ((await confirm(question, { input: process.stdin, output: stderr, signal })) === "no") {
    throw new LabError("Not reset: nothing was changed.");
  }
}

/** Saves all homes before the first machine is removed. A seat that was never ready has none. */
async function saveHomes(
  context: CommandContext,
  seats: readonly KnownSeat[],
  limits: HomeLimits,
): Promise<SavedHome[]> {
  const homes: SavedHome[] = [];
  for (const { ssh, ...seat } of seats) {
    if (seat.ready === undefined || ssh === undefined) {
      context.reporter.info(`${seat.seat} was never ready: there is no home to save`);
      continue;
    }
    const home = await saveHome(context, { ...seat, ssh }, limits);
    context.reporter.info(`${seat.seat}'s home is in ${home.file} (${formatBytes(home.bytes)})`);
    for (const line of home.leftOut) {
      context.reporter.warn(`${seat.seat}'s home, not saved or changed meanwhile: ${line}`);
    }
    homes.push(home);
  }
  return homes;
}

/** The seats to reset, each once. Throws for a name that is no seat or spare of the lab. */
export function chooseSeats(seats: readonly KnownSeat[], names: readonly string[]): KnownSeat[] {
  const chosen = names.map((name) => {
    const seat = findSeat(seats, name);
    if (seat === undefined || seat.role === "left") {
      const existing = seats.filter(({ role }) => role !== "left").map((known) => known.seat);
      throw new LabError(`There is no seat "${name}" to reset.`, {
        exitCode: 2,
        hint: `Seats: ${existing.join(", ") || "none, the lab is down"}.`,
      });
    }
    return seat;
  });
  return [...new Set(chosen)];
}
