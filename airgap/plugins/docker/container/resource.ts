import {
  type CallContext,
  PartialFailure,
  type PropertyMap,
  type ResourceHandler,
  type ResourceState,
  type ResourceWithInputs,
  UNKNOWN,
} from "../../framework/provider";
import { integer, truth } from "../../framework/values";
import type { Engine } from "../connection/engine";
import { ContainerCalls, messageOf } from "./calls";
import { checkContainer } from "./check";
import { changedInputs, diffContainer } from "./compare";
import { CONTAINER_INPUTS, defaultInputs, UNFINISHED } from "./schema";
import { inputsAfterRead, stateAfterCreate, stateAfterRead } from "./state";
import { readUploads } from "./uploads";
import { ContainerExited, ContainerLost, mustRun, untilUp } from "./waiting";

/** What only the Engine knows, before a container is made. */
const OUTPUTS = ["bridge", "networkDatas", "ipcMode", "runtime"];

/** `docker:index/container:Container`. */
export const container: ResourceHandler<Engine> = {
  inputs: Object.keys(CONTAINER_INPUTS),
  check: checkContainer,
  diff: (old, inputs) => diffContainer(old.properties, inputs),
  preview: previewContainer,
  create: createContainer,
  read: readContainer,
  update: updateContainer,
  delete: (engine, old, context) => removeContainer(new ContainerCalls(engine, context.signal), old),
};

function previewContainer(inputs: PropertyMap, old?: ResourceState): PropertyMap {
  if (old !== undefined) {
    return { ...old.properties, ...inputs };
  }
  const computed = Object.keys(CONTAINER_INPUTS).filter((name) => CONTAINER_INPUTS[name]?.computed === true);
  const unknown: PropertyMap = Object.fromEntries([...OUTPUTS, ...computed].map((name) => [name, UNKNOWN]));
  return { ...unknown, ...defaultInputs(), ...inputs };
}

async function createContainer(engine: Engine, inputs: PropertyMap, context: CallContext): Promise<ResourceState> {
  const calls = new ContainerCalls(engine, context.signal);
  const uploads = readUploads(inputs);
  const id = await calls.create(inputs);
  try {
    context.signal.throwIfAborted();
    await calls.connect(id, inputs);
    await calls.upload(id, uploads);
    if (truth(inputs.start) !== false) {
      await calls.start(id);
    }
    return { id, properties: stateAfterCreate(inputs, await untilUp(calls, id, inputs)) };
  } catch (error) {
    if (error instanceof ContainerLost) {
      throw error;
    }
    const properties = { ...defaultInputs(), ...inputs, [UNFINISHED]: messageOf(error) };
    if (error instanceof ContainerExited) {
      // As the official plugin: what ended at once is not kept.
      await removeContainer(calls, { id, properties });
      throw error;
    }
    throw new PartialFailure(`Unable to start container: ${messageOf(error)}`, { id, properties });
  }
}

/** As the official plugin: a container that has to run but does not is removed and dropped from the state. */
async function readContainer(
  engine: Engine,
  old: ResourceWithInputs,
  context: CallContext,
): Promise<ResourceWithInputs | undefined> {
  const calls = new ContainerCalls(engine, context.signal);
  const found = await calls.inspect(old.id);
  if (found === undefined) {
    return undefined;
  }
  if (!found.State.Running && mustRun(old.properties)) {
    context.log(
      "warning",
      `container ${found.Name.slice(1)} does not run; it is removed, and recreated by the next up`,
    );
    await removeContainer(calls, old);
    return undefined;
  }
  const properties = stateAfterRead(old.properties, found);
  return { id: found.Id, properties, inputs: inputsAfterRead(old.inputs, properties) };
}

async function updateContainer(
  engine: Engine,
  old: ResourceState,
  inputs: PropertyMap,
  context: CallContext,
): Promise<PropertyMap> {
  const changed = changedInputs(old.properties, inputs);
  if (changed.some((name) => CONTAINER_INPUTS[name]?.change === "engine")) {
    await new ContainerCalls(engine, context.signal).update(old.id, inputs);
  }
  for (const name of changed.filter((each) => CONTAINER_INPUTS[each]?.change === "later")) {
    context.log("warning", `${name} cannot change on an existing container; it takes effect once that is replaced`);
  }
  return { ...old.properties, ...defaultInputs(), ...inputs };
}

async function removeContainer(calls: ContainerCalls, old: ResourceState): Promise<void> {
  const volumes = truth(old.properties.removeVolumes) === false ? "keep" : "remove";
  await calls.remove(old.id, { graceSeconds: integer(old.properties.destroyGraceSeconds) ?? 0, volumes });
}
