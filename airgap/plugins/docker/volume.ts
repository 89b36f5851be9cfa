import type { VolumeInspectInfo } from "dockerode";
import { compareInputs } from "../framework/differences";
import {
  type CallContext,
  type PropertyMap,
  type ResourceHandler,
  type ResourceState,
  UNKNOWN,
} from "../framework/provider";
import type { Engine } from "./connection/engine";
import { inspectAt, removeAt } from "./engine-objects";
import { refuseNested } from "./nested";
import { labelList, labelMap, text, textMap, withoutAbsent } from "./values";

const INPUTS = ["name", "driver", "driverOpts", "labels"];

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

function removeVolume(engine: Engine, old: ResourceState, { signal }: CallContext): Promise<void> {
  return removeAt(engine, path(old.id), (error) => error.status === 409, signal);
}

function inspect(engine: Engine, name: string, signal: AbortSignal): Promise<VolumeInspectInfo | undefined> {
  return inspectAt<VolumeInspectInfo>(engine, path(name), signal);
}

function path(name: string): string {
  return `/volumes/${encodeURIComponent(name)}`;
}
