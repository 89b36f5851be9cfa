import type Docker from "dockerode";
import { dockerClient } from "../components/machines/docker-client";
import { containerName, ofStack, SEAT_LABEL } from "../components/machines/labels";
import { placeOfNode, seatsOf } from "../components/seats";
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
  if (lab.docker === undefined) {
    // Instances end by themselves when their time is up: only AWS knows which are still there.
    return { refresh: "refresh", replace: [] };
  }
  const docker = dockerClient(lab.docker.host);
  const places = new Set(seatsOf(lab.settings).map(({ place }) => place));
  const found = await nodeContainers(docker, lab.stack.name);
  const containers = found.filter(({ place }) => place !== undefined && places.has(place));
  const neverReady = await findNeverReady(context, lab, containers);
  const replace: string[] = [];
  for (const container of containers) {
    const hopeless = neverReady.has(container.id)
      ? await wakeAndAsk(context, docker, container)
      : await wake(context, docker, container);
    if (hopeless !== undefined && container.place !== undefined) {
      context.reporter.warn(`${container.name} is made anew: ${hopeless}`);
      replace.push(container.place);
    }
  }
  return { refresh: containers.length < places.size ? "refresh" : "trust-state", replace };
}

/** Starts a node where it does not run. */
async function wake(
  { reporter }: CommandContext,
  docker: Docker,
  { id, name, state }: NodeContainer,
): Promise<undefined> {
  if (state === "paused") {
    reporter.warn(`${name} was paused; it goes on now`);
    await docker.getContainer(id).unpause();
  } else if (state === "exited") {
    reporter.warn(`${name} was stopped; it is started again`);
    await docker.getContainer(id).start();
  }
}

/** Of a node that never was ready: why it never will be. Nobody has worked on it, so there is nothing to keep. */
async function wakeAndAsk(
  context: CommandContext,
  docker: Docker,
  container: NodeContainer,
): Promise<string | undefined> {
  if (container.state === "exited" || container.state === "dead") {
    return "it was stopped before it was ready";
  }
  await wake(context, docker, container);
  return whyHopeless(docker.getContainer(container.id), context.surroundings.programDirectory);
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

async function nodeContainers(docker: Docker, stack: string): Promise<NodeContainer[]> {
  const found = await docker.listContainers({ all: true, filters: ofStack(stack) });
  return found.map((container) => ({
    id: container.Id,
    name: containerName(container),
    state: container.State,
    place: container.Labels[SEAT_LABEL],
  }));
}
