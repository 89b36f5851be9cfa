import { type NodeContainer, nodeContainers } from "../../../adapters/docker/node-container";
import type { Refresh } from "../../../adapters/pulumi/operation";
import { readState } from "../../../adapters/pulumi/state";
import { PORTAL_SLOT } from "../../../components/portal-spec";
import type { LabConfig } from "../../../config/schema";
import { isComplete, knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { mapBounded } from "../../../core/limits";
import { registryContainerName } from "../../../core/resource-names";
import { seatsOf, slotOfNode } from "../../../core/seats";
import { answeringDockerEngines, silenceOfNode } from "../prepare/hosts/docker-engines";
import type { PreparedLab } from "../prepare/prepared-lab";
import { lastVerdictsOf } from "../verify/last-verdicts";
import { answersAt, recoverNode, restartUnresponsiveDocker, unrecoverableReason } from "./recover-node";

/** A container that is the node of one of the class's slots. */
type SlotContainer = NodeContainer & { readonly slot: string };

/** What an `up` has to do beside what the program says. */
export interface MachineRecovery {
  /** Whether nodes are missing that the state may still have. */
  readonly refresh: Refresh;
  /** Slots whose machines have to be recreated: they never became ready, and cannot any more. */
  readonly replace: readonly string[];
  /** Slots whose machines were recovered: their earlier verdicts prove nothing any more. */
  readonly recovered: readonly string[];
}

/** Nodes that boot at a time share this machine's cores. */
const RECOVERED_AT_A_TIME = 4;

/**
 * Before `up`: recovers nodes that were stopped, paused, cut off or broken, with all that a student made on them (a refresh
 * would drop them), and finds those that only a new machine can replace. Those of `nodesToReplace` are left alone: they are
 * recreated anyway.
 */
export async function recoverMachines(
  context: CommandContext,
  lab: PreparedLab,
  nodesToReplace: readonly string[],
): Promise<MachineRecovery> {
  const engines = answeringDockerEngines(lab);
  if (engines.length === 0) {
    // Instances end by themselves when their time is up: only AWS knows which are still there.
    return { refresh: "refresh", replace: [], recovered: [] };
  }
  const reached = seatsOf(lab.settings).filter(({ node }) => silenceOfNode(lab, node) === undefined);
  const slots = new Set(reached.map(({ slot }) => slot));
  const found = (await Promise.all(engines.map(({ host }) => nodeContainers(host, lab.stack.name)))).flat();
  const containers = found.filter((node): node is SlotContainer => node.slot !== undefined && slots.has(node.slot));
  const staying = containers.filter(({ slot }) => !nodesToReplace.includes(slot));
  const unfinished = await findUnfinished(context, lab, staying);
  const neverReady = staying.filter(({ id }) => unfinished.get(id) === "never ready");
  const replace = await findUnrecoverable(context, neverReady);
  const ready = staying.filter((node) => !neverReady.includes(node));
  const recovered = await recoverBroken(context, ready, unfinished);
  const registry = found.find(({ name }) => name === registryContainerName(lab.stack.name));
  const portal = found.find(({ slot }) => slot === PORTAL_SLOT.slot);
  for (const shared of [registry, portal]) {
    if (shared !== undefined) {
      await startAgain(context, shared);
    }
  }
  const isMissing =
    containers.length < slots.size ||
    (registry === undefined && hasOwnRegistry(lab.settings)) ||
    (portal === undefined && lab.settings.portal === "node");
  if (isMissing && lab.hosts !== undefined && lab.hosts.silent.size > 0) {
    // A refresh asks all Engines, and would end at the one that does not answer.
    const vanished = await findVanished(lab, slots, containers);
    return { refresh: "trust-state", replace: [...replace, ...vanished], recovered };
  }
  return { refresh: isMissing ? "refresh" : "trust-state", replace, recovered };
}

/** Slots whose machines the state has, and their Docker Engine has not. */
async function findVanished(
  lab: PreparedLab,
  slots: ReadonlySet<string>,
  containers: readonly SlotContainer[],
): Promise<string[]> {
  const known = knownSeats(await readState(lab.stack), lab.settings.moved).map(({ node }) => slotOfNode(node));
  const existing = new Set(containers.map(({ slot }) => slot));
  return known.filter((slot) => slots.has(slot) && !existing.has(slot));
}

function hasOwnRegistry({ images }: LabConfig): boolean {
  return images.delivery === "registry" && images.registry === undefined;
}

/** Recovers nodes that were ready once and now fail or lack images; returns their slots. */
async function recoverBroken(
  context: CommandContext,
  nodes: readonly SlotContainer[],
  unfinished: Unfinished,
): Promise<string[]> {
  const verdicts = [...lastVerdictsOf(context).read().values()];
  const failed = new Set(verdicts.flatMap(({ machine, outcome }) => (outcome === "failed" ? [machine] : [])));
  const isBroken = async (node: SlotContainer) =>
    (await startAgain(context, node)) === "started" ||
    failed.has(node.id) ||
    unfinished.has(node.id) ||
    (node.ssh !== undefined && !(await answersAt(node.ssh, node.through)));
  const checked = await Promise.all(nodes.map(async (node) => ((await isBroken(node)) ? [node] : [])));
  const broken = checked.flat();
  await mapBounded(broken, RECOVERED_AT_A_TIME, (node) => recoverNode(context, node));
  return broken.map(({ slot }) => slot);
}

/** Starts a node that does not run, and connects it again to the network that it was cut off from. */
async function startAgain(
  { reporter }: CommandContext,
  { docker, id, name, state, lostNetwork }: NodeContainer,
): Promise<"started" | "unchanged"> {
  if (state === "paused") {
    reporter.warn(`${name} was paused; it continues now`);
    await docker.getContainer(id).unpause();
  } else if (state === "exited") {
    reporter.warn(`${name} was stopped; it is started again`);
    try {
      await docker.getContainer(id).start();
    } catch (error) {
      // As when its port has been taken, and this very `up` is to give it another one.
      reporter.warn(`${name} cannot be started (${(error as Error).message})`);
      return "unchanged";
    }
  } else if (state === "running" && lostNetwork !== undefined) {
    reporter.warn(`${name} was cut off from its network; it is connected again`);
    await docker.getNetwork(lostNetwork).connect({ Container: id });
  } else {
    return "unchanged";
  }
  return "started";
}

/** Those of the nodes that never were ready, and never will be; gives their slots. Nobody has worked on them, so there is nothing to keep. */
async function findUnrecoverable(context: CommandContext, nodes: readonly SlotContainer[]): Promise<string[]> {
  const slots: string[] = [];
  for (const node of nodes) {
    const reason = await startUnready(context, node);
    if (reason !== undefined) {
      context.reporter.warn(`recreating ${node.name}: ${reason}`);
      slots.push(node.slot);
    }
  }
  return slots;
}

/** Has a node that never was ready continue with its first boot; gives the reason why it cannot. */
async function startUnready(context: CommandContext, node: SlotContainer): Promise<string | undefined> {
  if (node.state === "exited" || node.state === "dead") {
    return "it was stopped before it was ready";
  }
  await startAgain(context, node);
  const { programDirectory } = context.runtime;
  const machine = node.docker.getContainer(node.id);
  const reason = await unrecoverableReason(machine, programDirectory);
  if (reason === undefined) {
    // The gate would wait for its Docker Engine as long as it may.
    const restarted = await restartUnresponsiveDocker(machine, programDirectory).catch(() => "");
    if (restarted !== "") {
      context.reporter.warn(`${node.name}: ${restarted}`);
    }
  }
  return reason;
}

/** What an earlier `up` did not finish, by the node's container id: its gate has not passed, or images are missing. */
type Unfinished = ReadonlyMap<string, "never ready" | "incomplete">;

async function findUnfinished(
  context: CommandContext,
  lab: PreparedLab,
  containers: readonly SlotContainer[],
): Promise<Unfinished> {
  // A machine with a verdict had passed the gate: an `up` with nothing to do need not read the state.
  const verified = new Set([...lastVerdictsOf(context).read().values()].map(({ machine }) => machine));
  const unknown = containers.filter(({ id }) => !verified.has(id));
  if (unknown.length === 0) {
    return new Map();
  }
  const known = knownSeats(await readState(lab.stack), lab.settings.moved);
  const seats = new Map(known.map((seat) => [slotOfNode(seat.node), seat]));
  const unfinished = new Map<string, "never ready" | "incomplete">();
  for (const { id, slot } of unknown) {
    const seat = seats.get(slot);
    if (seat?.ready === undefined) {
      unfinished.set(id, "never ready");
    } else if (!isComplete(seat)) {
      unfinished.set(id, "incomplete");
    }
  }
  return unfinished;
}
