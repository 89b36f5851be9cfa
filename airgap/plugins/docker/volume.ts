import { setTimeout as sleep } from "node:timers/promises";
import type { VolumeInspectInfo } from "dockerode";
import { compareInputs } from "../framework/differences";
import {
  type CallContext,
  type PropertyMap,
  type ResourceHandler,
  type ResourceState,
  UNKNOWN,
} from "../framework/provider";
import { type Engine, EngineError } from "./connection/engine";
import { refuseNested } from "./nested";
import { labelList, labelMap, text, textMap, withoutAbsent } from "./values";

const INPUTS = ["name", "driver", "driverOpts", "labels"];

/** A container that is just being removed lets go of its volumes a moment later. */
const IN_USE_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 250;

/** `docker:index/volume:Volume`. Every change makes a new one. */
export const volume: ResourceHandler<Engine> = {
  inputs: INPUTS,
  check(inputs) {
    const missing = inputs.name === undefined || inputs.name === null || inputs.name === "";
    const reason = "name is required: the air-gapped docker plugin makes no names up";
    const failures = [
      ...refuseNested(inputs, { labels: ["label", "value"] }),
      ...(missing ? [{ property: "name", reason }] : []),
    ];
    return { inputs, failures };
  },
  diff(old, inputs) {
    const difference = compareInputs(old.inputs, inputs, { replaceOnChanges: INPUTS });
    return { ...difference, deleteBeforeReplace: old.inputs.name === inputs.name };
  },
  preview: (inputs) => ({ driver: UNKNOWN, mountpoint: UNKNOWN, ...inputs }),
  async create(engine, inputs, context) {
    const made = await engine.call<VolumeInspectInfo>({
      method: "POST",
      path: "/volumes/create",
      body: volumeBody(inputs),
      signal: context.signal,
    });
    return { id: made.Name, properties: { ...observeVolume(made), ...inputs } };
  },
  async read(engine, old, context) {
    const found = await inspect(engine, old.id, context.signal);
    return found === undefined ? undefined : { id: found.Name, properties: observeVolume(found), inputs: old.inputs };
  },
  delete: removeVolume,
};

/** Body of the Engine's create call. */
export function volumeBody(inputs: PropertyMap): { [name: string]: unknown } {
  return withoutAbsent({
    Name: text(inputs.name),
    Driver: text(inputs.driver),
    DriverOpts: inputs.driverOpts === undefined ? undefined : textMap(inputs.driverOpts),
    Labels: inputs.labels === undefined ? undefined : labelMap(inputs.labels),
  });
}

/** Outputs from the Engine's answer. */
export function observeVolume(found: VolumeInspectInfo): PropertyMap {
  return {
    name: found.Name,
    driver: found.Driver,
    driverOpts: { ...found.Options },
    labels: labelList(found.Labels),
    mountpoint: found.Mountpoint,
  };
}

async function removeVolume(engine: Engine, old: ResourceState, { signal }: CallContext): Promise<void> {
  const deadline = Date.now() + IN_USE_MILLISECONDS;
  for (;;) {
    try {
      await engine.call({ method: "DELETE", path: path(old.id), signal });
      return;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) {
        return;
      }
      const inUse = error instanceof EngineError && error.status === 409;
      if (!inUse || Date.now() > deadline) {
        throw error;
      }
    }
    await sleep(POLL_MILLISECONDS, undefined, { signal });
  }
}

async function inspect(engine: Engine, name: string, signal: AbortSignal): Promise<VolumeInspectInfo | undefined> {
  try {
    return await engine.call<VolumeInspectInfo>({ method: "GET", path: path(name), signal });
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}

function path(name: string): string {
  return `/volumes/${encodeURIComponent(name)}`;
}
