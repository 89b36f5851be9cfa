import type { OpenedStack } from "../../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../../adapters/pulumi/operation";
import type { StackConfig } from "../../../../adapters/pulumi/stack-config";
import { readState } from "../../../../adapters/pulumi/state";
import { hostsIn, type Placement } from "../../../../config/hosts";
import type { LabConfig } from "../../../../config/schema";
import { knownSeats } from "../../../../core/class-state/known-seats";
import { LabError } from "../../../../core/errors";

/** Writes down where each seat is, so that plain pulumi finds it, and the next `up` moves none. What is no part of the class goes. */
export function keepPlacement(config: StackConfig, placement: Placement): void {
  const kept = hostsIn(config.read()).placement;
  const changed = Object.entries(placement).filter(([place, host]) => kept[place] !== host);
  if (changed.length > 0) {
    config.write(new Map(changed.map(([place, host]) => [`placement.${place}`, host])));
  }
  for (const place of Object.keys(kept).filter((each) => placement[each] === undefined)) {
    config.forget(`placement.${place}`);
  }
}

/** Machines that were made on one Engine are not on any of several, as far as pulumi knows: it would recreate them all. */
export async function requireMadeForHosts({ stack }: Pick<OpenedStack, "stack">, wanted: LabConfig): Promise<void> {
  if (wanted.docker.hosts === undefined || Object.keys(wanted.placement).length > 0) {
    return;
  }
  if (knownSeats(await readState(stack), wanted.moved).length > 0) {
    const flag = stackFlag(stack.name);
    throw new LabError(`The lab "${stack.name}" was made without docker.hosts, and its machines cannot move.`, {
      exitCode: 2,
      hint: `Take it down first: ./lab down${flag}, then ./lab up${flag}. Or keep it as it is: pulumi config rm --path docker.hosts`,
    });
  }
}
