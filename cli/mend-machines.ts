import { dockerClient } from "../components/machines/docker-engine";
import { seatsOf } from "../components/seats";
import { LabError } from "./errors";
import type { PreparedLab } from "./prepare";
import { explainFailure } from "./pulumi/explain";
import { runPulumi } from "./pulumi/run";
import { readState, type StateResource } from "./pulumi/state";
import type { CommandContext } from "./surroundings";

const CONTAINER = "docker:index/container:Container";

/** How a node's container is, as the Docker Engine has it. */
interface NodeContainer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
}

/**
 * Before `up`: starts nodes that were stopped or paused, and drops from the state those that were removed by hand. Both
 * are needed since the plugin of a node's Docker dials the node as soon as the engine starts, and without one ends the
 * whole run. Costs one call of the Docker API when all is well.
 */
export async function mendMachines(context: CommandContext, lab: PreparedLab): Promise<void> {
  const containers = await nodeContainers(lab);
  await startStopped(context, lab, containers);
  if (containers.length < seatsOf(lab.settings.seats).length) {
    await forgetRemoved(context, lab, new Set(containers.map(({ id }) => id)));
  }
}

async function nodeContainers(lab: PreparedLab): Promise<NodeContainer[]> {
  const filters = { label: [`lab-nodes.stack=${lab.stack.name}`] };
  const found = await dockerClient(lab.docker.host).listContainers({ all: true, filters });
  return found.map(({ Id, Names, State }) => ({ id: Id, name: (Names[0] ?? Id).replace(/^\//, ""), state: State }));
}

async function startStopped(
  { reporter }: CommandContext,
  lab: PreparedLab,
  containers: readonly NodeContainer[],
): Promise<void> {
  const docker = dockerClient(lab.docker.host);
  for (const { id, name, state } of containers) {
    if (state === "paused") {
      reporter.warn(`${name} was paused; it goes on now`);
      await docker.getContainer(id).unpause();
    } else if (state === "exited" || state === "created") {
      reporter.warn(`${name} was stopped; it is started again`);
      await docker.getContainer(id).start();
    }
  }
}

/** A refresh of just the containers that are gone: one of everything would dial the dead nodes. */
async function forgetRemoved(
  { reporter }: CommandContext,
  lab: PreparedLab,
  present: ReadonlySet<string>,
): Promise<void> {
  const removed = (await readState(lab.stack)).filter((resource) => isRemovedContainer(resource, present));
  if (removed.length === 0) {
    return;
  }
  for (const { name } of removed) {
    reporter.warn(`${name} was removed outside of the lab; it is made again`);
  }
  const targets = removed.flatMap(({ urn }) => ["--target", urn]);
  const result = await runPulumi(lab.stack, [
    "refresh",
    "--yes",
    "--skip-preview",
    "--stack",
    lab.stack.name,
    ...targets,
  ]);
  if (result.exitCode !== 0) {
    const { message, hint } = explainFailure(result.stderr || result.stdout, lab.stack.name);
    throw new LabError(
      `The removed nodes could not be taken out of the state: ${message}`,
      hint === undefined ? {} : { hint },
    );
  }
}

function isRemovedContainer({ type, id }: StateResource, present: ReadonlySet<string>): boolean {
  return type === CONTAINER && id !== undefined && !present.has(id);
}
