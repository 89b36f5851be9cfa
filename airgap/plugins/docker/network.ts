import type { NetworkInspectInfo } from "dockerode";
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
import { labelList, labelMap, text, withoutAbsent } from "./values";

const INPUTS = ["name", "labels"];

/** What the Engine chooses for a network of which only the name is given. */
const OUTPUTS = ["driver", "internal", "ipamConfigs", "options", "scope"];

/** `docker:index/network:Network`. Every change makes a new one. */
export const network: ResourceHandler<Engine> = {
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
  preview: (inputs) => ({ ...Object.fromEntries(OUTPUTS.map((name) => [name, UNKNOWN])), ...inputs }),
  async create(engine, inputs, { signal }) {
    const body = networkBody(inputs);
    const { Id } = await engine.call<{ Id: string }>({ method: "POST", path: "/networks/create", body, signal });
    const made = await inspect(engine, Id, signal);
    return { id: Id, properties: { ...(made && observeNetwork(made)), ...inputs } };
  },
  async read(engine, old, { signal }) {
    const found = await inspect(engine, old.id, signal);
    return found === undefined ? undefined : { id: found.Id, properties: observeNetwork(found), inputs: old.inputs };
  },
  delete: removeNetwork,
};

/** Body of the Engine's create call. The Engine's API takes two networks of one name unless it is told to check. */
export function networkBody(inputs: PropertyMap): { [name: string]: unknown } {
  return withoutAbsent({
    Name: text(inputs.name),
    CheckDuplicate: true,
    Labels: inputs.labels === undefined ? undefined : labelMap(inputs.labels),
  });
}

/** Outputs from the Engine's answer. */
export function observeNetwork(found: NetworkInspectInfo): PropertyMap {
  return {
    name: found.Name,
    driver: found.Driver,
    internal: found.Internal,
    scope: found.Scope,
    options: { ...found.Options },
    labels: labelList(found.Labels),
    ipamConfigs: (found.IPAM?.Config ?? []).map(({ Subnet, Gateway }) =>
      withoutAbsent({ subnet: Subnet, gateway: Gateway }),
    ),
  };
}

function removeNetwork(engine: Engine, old: ResourceState, { signal }: CallContext): Promise<void> {
  return removeAt(engine, path(old.id), (error) => /has active endpoints/.test(error.message), signal);
}

function inspect(engine: Engine, id: string, signal: AbortSignal): Promise<NetworkInspectInfo | undefined> {
  return inspectAt<NetworkInspectInfo>(engine, path(id), signal);
}

function path(id: string): string {
  return `/networks/${encodeURIComponent(id)}`;
}
