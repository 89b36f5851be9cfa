import { type NodeContainer, nodeContainers } from "../../../adapters/docker/node-container";
import type { Refresh } from "../../../adapters/pulumi/operation";
import { readState } from "../../../adapters/pulumi/state";
import { PORTAL_PLACE } from "../../../components/portal-spec";
import type { LabConfig } from "../../../config/schema";
import { isComplete, type KnownSeat, knownSeats } from "../../../core/class-state/known-seats";
import type { CommandContext } from "../../../core/command-context";
import { mapBounded } from "../../../core/limits";
import { registryContainerName } from "../../../core/resource-names";
import { placeOfNode, seatsOf } from "../../../core/seats";
import { enginesOf, silenceOfNode } from "../prepare/hosts/engines";
import type { PreparedLab } from "../prepare/prepared-lab";
import { lastVerdictsOf } from "../verify/last-verdicts";
import { answersAt, recoverNode, restartUnresponsiveDocker, unrecoverableReason } from "./recover-node";

/** What an `up` has to do beside what the program says. */
export interface MachineRecovery {
  /** Whether nodes are missing that the state may still have. */
  readonly refresh: Refresh;
  /** Places whose machines have to be recreated: they never became ready, and cannot any more. */
  readonly replace: readonly string[];
  /** Places whose machines were recovered as they are: what was proven of them before has to be proven again. */
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
  const engines = enginesOf(lab);
  if (engines.length === 0) {
    // Instances end by themselves when their time is up: only AWS knows which are still there.
    return { refresh: "refresh", replace: [], recovered: [] };
  }
  const reached = seatsOf(lab.settings).filter(({ node }) => silenceOfNode(lab, node) === undefined);
  const places = new Set(reached.map(({ place }) => place));
  const found = (await Promise.all(engines.map(({ host }) => nodeContainers(host, lab.stack.name)))).flat();
  const containers = found.filter(({ place }) => place !== undefined && places.has(place));
  const staying = containers.filter(({ place }) => place !== undefined && !nodesToReplace.includes(place));
  const { neverReady, incomplete } = await findUnfinished(context, lab, staying);
  const replace: string[] = [];
  for (const container of staying.filter(({ id }) => neverReady.has(id))) {
    const hopeless = await wakeAndAsk(context, container);
    if (hopeless !== undefined && container.place !== undefined) {
      context.reporter.warn(`recreating ${container.name}: ${hopeless}`);
      replace.push(container.place);
    }
  }
  const ready = staying.filter(({ id }) => !neverReady.has(id));
  const recovered = await recoverBroken(context, ready, incomplete);
  const registry = found.find(({ name }) => name === registryContainerName(lab.stack.name));
  const portal = found.find(({ place }) => place === PORTAL_PLACE.place);
  for (const beside of [registry, portal]) {
    if (beside !== undefined) {
      await wake(context, beside);
    }
  }
  const isMissing =
    containers.length < places.size ||
    (registry === undefined && hasOwnRegistry(lab.settings)) ||
    (portal === undefined && lab.settings.portal === "node");
  if (isMissing && lab.hosts !== undefined && lab.hosts.silent.size > 0) {
    // A refresh asks all Engines, and would end at the one that does not answer.
    return {
      refresh: "trust-state",
      replace: [...replace, ...(await findVanished(lab, places, containers))],
      recovered,
    };
  }
  return { refresh: isMissing ? "refresh" : "trust-state", replace, recovered };
}

/** Places whose machines the state has, and their Engine has not. */
async function findVanished(
  lab: PreparedLab,
  places: ReadonlySet<string>,
  containers: readonly NodeContainer[],
): Promise<string[]> {
  const known = knownSeats(await readState(lab.stack), lab.settings.moved).map(({ node }) => placeOfNode(node));
  const there = new Set(containers.map(({ place }) => place));
  return known.filter((place) => places.has(place) && !there.has(place));
}

function hasOwnRegistry({ images }: LabConfig): boolean {
  return images.delivery === "registry" && images.registry === undefined;
}

/** Recovers those of the nodes that were ready once and are not well now, or lack images; gives their places. */
async function recoverBroken(
  context: CommandContext,
  nodes: readonly NodeContainer[],
  incomplete: ReadonlySet<string>,
): Promise<string[]> {
  const verdicts = [...lastVerdictsOf(context).read().values()];
  const failed = new Set(verdicts.flatMap(({ machine, outcome }) => (outcome === "failed" ? [machine] : [])));
  const isBroken = async (node: NodeContainer) =>
    (await wake(context, node)) === "woken" ||
    failed.has(node.id) ||
    incomplete.has(node.id) ||
    (node.ssh !== undefined && !(await answersAt(node.ssh, node.through)));
  const looked = await Promise.all(nodes.map(async (node) => ((await isBroken(node)) ? [node] : [])));
  const broken = looked.flat();
  await mapBounded(broken, RECOVERED_AT_A_TIME, (node) => recoverNode(context, node));
  return broken.flatMap(({ place }) => (place === undefined ? [] : [place]));
}

/** Starts a node where it does not run, and gives it back the network that was taken from it. */
async function wake(
  { reporter }: CommandContext,
  { docker, id, name, state, lostNetwork }: NodeContainer,
): Promise<"woken" | "as it was"> {
  if (state === "paused") {
    reporter.warn(`${name} was paused; it goes on now`);
    await docker.getContainer(id).unpause();
  } else if (state === "exited") {
    reporter.warn(`${name} was stopped; it is started again`);
    try {
      await docker.getContainer(id).start();
    } catch (error) {
      // As when its port has been taken, and this very `up` is to give it another one.
      reporter.warn(`${name} cannot be started (${(error as Error).message})`);
      return "as it was";
    }
  } else if (state === "running" && lostNetwork !== undefined) {
    reporter.warn(`${name} was cut off from its network; it is connected again`);
    await docker.getNetwork(lostNetwork).connect({ Container: id });
  } else {
    return "as it was";
  }
  return "woken";
}

/** Of a node that never was ready: why it never will be. Nobody has worked on it, so there is nothing to keep. */
async function wakeAndAsk(context: CommandContext, container: NodeContainer): Promise<string | undefined> {
  if (container.state === "exited" || container.state === "dead") {
    return "it was stopped before it was ready";
  }
  await wake(context, container);
  const { programDirectory } = context.runtime;
  const machine = container.docker.getContainer(container.id);
  const hopeless = await unrecoverableReason(machine, programDirectory);
  if (hopeless === undefined) {
    // The gate would wait for its Docker Engine as long as it may.
    const restarted = await restartUnresponsiveDocker(machine, programDirectory).catch(() => "");
    if (restarted !== "") {
      context.reporter.warn(`${container.name}: ${restarted}`);
    }
  }
  return hopeless;
}

/** Containers of nodes on which an earlier `up` did not get to its end, by id. */
interface Unfinished {
  /** Their gate has not passed. */
  readonly neverReady: ReadonlySet<string>;
  /** They are ready, and images are missing. */
  readonly incomplete: ReadonlySet<string>;
}

async function findUnfinished(
  context: CommandContext,
  lab: PreparedLab,
  containers: readonly NodeContainer[],
): Promise<Unfinished> {
  // What was judged once had passed the gate: an `up` with nothing to do need not read the state.
  const judged = new Set([...lastVerdictsOf(context).read().values()].map(({ machine }) => machine));
  const unknown = containers.filter(({ id }) => !judged.has(id));
  if (unknown.length === 0) {
    return { neverReady: new Set(), incomplete: new Set() };
  }
  const known = knownSeats(await readState(lab.stack), lab.settings.moved);
  const seats = new Map(known.map((seat) => [placeOfNode(seat.node), seat]));
  const idsWhere = (test: (seat: KnownSeat | undefined) => boolean) =>
    new Set(unknown.filter(({ place }) => place !== undefined && test(seats.get(place))).map(({ id }) => id));
  return {
    neverReady: idsWhere((seat) => seat?.ready === undefined),
    incomplete: idsWhere((seat) => seat?.ready !== undefined && !isComplete(seat)),
  };
}
