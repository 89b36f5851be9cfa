import type Docker from "dockerode";
import { dockerClient } from "../components/machines/docker-client";
import type { DockerEngine } from "../components/machines/docker-engine";
import { containerName, ofStack, registryContainerName, SEAT_LABEL } from "../components/machines/labels";
import { placeOfNode, seatsOf } from "../components/seats";
import type { LabConfig } from "../config/schema";
import { enginesOf, silenceOfNode } from "./hosts/class-hosts";
import { knownSeats } from "./known-seats";
import type { PreparedLab } from "./prepare";
import type { Refresh } from "./pulumi/operation";
import { readState } from "./pulumi/state";
import type { CommandContext } from "./surroundings";
import { whyHopeless } from "./up/half-made";
import { lastVerdictsOf } from "./verify/last-verdicts";

/** A node's container, as the Docker Engine has it. */
interface NodeContainer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly place: string | undefined;
  /** The Engine that has it. */
  readonly docker: Docker;
}

/** What an `up` has to do beside what the program says. */
export interface Mending {
  /** Whether nodes are missing that the state may still have. */
  readonly refresh: Refresh;
  /** Places whose machines have to be made anew: they never became ready, and cannot any more. */
  readonly replace: readonly string[];
}

/**
 * Before `up`: starts nodes that were stopped or paused, with all that a student made on them (a refresh would drop
 * them), and finds those that nothing but a new machine can mend.
 */
export async function mendMachines(context: CommandContext, lab: PreparedLab): Promise<Mending> {
  const engines = enginesOf(lab);
  if (engines.length === 0) {
    // Instances end by themselves when their time is up: only AWS knows which are still there.
    return { refresh: "refresh", replace: [] };
  }
  const reached = seatsOf(lab.settings).filter(({ node }) => silenceOfNode(lab, node) === undefined);
  const places = new Set(reached.map(({ place }) => place));
  const found = (await Promise.all(engines.map((engine) => nodeContainers(engine, lab.stack.name)))).flat();
  const containers = found.filter(({ place }) => place !== undefined && places.has(place));
  const neverReady = await findNeverReady(context, lab, containers);
  const replace: string[] = [];
  for (const container of containers) {
    const hopeless = neverReady.has(container.id)
      ? await wakeAndAsk(context, container)
      : await wake(context, container);
    if (hopeless !== undefined && container.place !== undefined) {
      context.reporter.warn(`${container.name} is made anew: ${hopeless}`);
      replace.push(container.place);
    }
  }
  const registry = found.find(({ name }) => name === registryContainerName(lab.stack.name));
  if (registry !== undefined) {
    await wake(context, registry);
  }
  const isMissing = containers.length < places.size || (registry === undefined && hasOwnRegistry(lab.settings));
  if (isMissing && lab.hosts !== undefined && lab.hosts.silent.size > 0) {
    // A refresh asks all Engines, and would end at the one that does not answer.
    return { refresh: "trust-state", replace: [...replace, ...(await findVanished(lab, places, containers))] };
  }
  return { refresh: isMissing ? "refresh" : "trust-state", replace };
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

/** Starts a node where it does not run. */
async function wake({ reporter }: CommandContext, { docker, id, name, state }: NodeContainer): Promise<undefined> {
  if (state === "paused") {
    reporter.warn(`${name} was paused; it goes on now`);
    await docker.getContainer(id).unpause();
  } else if (state === "exited") {
    reporter.warn(`${name} was stopped; it is started again`);
    await docker.getContainer(id).start();
  }
}

/** Of a node that never was ready: why it never will be. Nobody has worked on it, so there is nothing to keep. */
async function wakeAndAsk(context: CommandContext, container: NodeContainer): Promise<string | undefined> {
  if (container.state === "exited" || container.state === "dead") {
    return "it was stopped before it was ready";
  }
  await wake(context, container);
  return whyHopeless(container.docker.getContainer(container.id), context.surroundings.programDirectory);
}

/** Ids of the containers whose gate has not passed. */
async function findNeverReady(
  context: CommandContext,
  lab: PreparedLab,
  containers: readonly NodeContainer[],
): Promise<ReadonlySet<string>> {
  // What was judged once had passed the gate: an `up` with nothing to do need not read the state.
  const judged = new Set([...lastVerdictsOf(context).read().values()].map(({ machine }) => machine));
  const unknown = containers.filter(({ id }) => !judged.has(id));
  if (unknown.length === 0) {
    return new Set();
  }
  const seats = knownSeats(await readState(lab.stack), lab.settings.moved);
  const ready = new Set(seats.filter((seat) => seat.ready !== undefined).map(({ node }) => placeOfNode(node)));
  return new Set(unknown.filter(({ place }) => place !== undefined && !ready.has(place)).map(({ id }) => id));
}

async function nodeContainers({ host }: DockerEngine, stack: string): Promise<NodeContainer[]> {
  const docker = dockerClient(host);
  const found = await docker.listContainers({ all: true, filters: ofStack(stack) });
  return found.map((container) => ({
    docker,
    id: container.Id,
    name: containerName(container),
    state: container.State,
    place: container.Labels[SEAT_LABEL],
  }));
}
