import type Docker from "dockerode";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import { containerOf, silenceOfNode } from "../prepare/hosts/docker-engines";
import type { PreparedLab } from "../prepare/prepared-lab";

/** Of nodes whose container does not run any more: what became of it, by node. Elsewhere than on a Docker Engine nothing is known. */
export async function findLostMachines(
  lab: PreparedLab,
  seats: readonly KnownSeat[],
): Promise<ReadonlyMap<string, string>> {
  const made = seats.filter(({ ssh }) => ssh !== undefined);
  const found = await Promise.all(
    made.map(async ({ node }) => [node, await findNodesEnd(lab, node).catch(describeSilence)] as const),
  );
  return new Map(found.flatMap(([node, end]) => (end === undefined ? [] : [[node, end] as const])));
}

/** Nodes that cannot be reached since their Docker host does not answer, whatever became of them: by node, and why. */
export function findUnreached(lab: PreparedLab, seats: readonly KnownSeat[]): ReadonlyMap<string, string> {
  return new Map(
    seats.flatMap(({ node }) => {
      const silence = silenceOfNode(lab, node);
      return silence === undefined ? [] : [[node, silence] as const];
    }),
  );
}

/** What became of a node's container; undefined while it runs, and where nobody can know. */
export async function findNodesEnd(lab: PreparedLab, node: string): Promise<string | undefined> {
  const container = containerOf(lab, lab.stack.name, node);
  return container === undefined ? silenceOfNode(lab, node) : findEnd(container.docker, container.name);
}

/** Its Docker Engine ended, too, with all the class's nodes on it. */
function describeSilence(error: Error): string {
  return `its Docker Engine does not answer (${error.message})`;
}

/** What became of the container of this name; undefined while it runs and can be reached. */
async function findEnd(docker: Docker, name: string): Promise<string | undefined> {
  const state = await docker
    .getContainer(name)
    .inspect()
    .then(({ State, NetworkSettings }) => ({ ...State, networks: Object.keys(NetworkSettings.Networks) }), whenMissing);
  return describeEnd(name, state);
}

/** The part of a container's state that shows why it does not answer. */
export interface ContainerState {
  readonly Running: boolean;
  readonly Paused: boolean;
  readonly networks: readonly string[];
  readonly OOMKilled: boolean;
  readonly ExitCode: number;
}

/** What to say of a container that does not run, or cannot be reached; undefined for one that is well. */
export function describeEnd(name: string, state: ContainerState | "missing"): string | undefined {
  if (state === "missing") {
    return `its container ${name} is gone`;
  }
  if (state.Paused) {
    return `its container ${name} is paused`;
  }
  if (state.Running) {
    return state.networks.length > 0 ? undefined : `its container ${name} is cut off from its network`;
  }
  const reason = state.OOMKilled ? "it ran out of memory" : `exit code ${state.ExitCode}`;
  return `its container ${name} does not run any more (${reason})`;
}

function whenMissing(error: { readonly statusCode?: number }): "missing" {
  if (error.statusCode === 404) {
    return "missing";
  }
  throw error;
}
