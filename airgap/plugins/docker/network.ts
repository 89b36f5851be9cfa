import { setTimeout as sleep } from "node:timers/promises";
import type { NetworkInspectInfo } from "dockerode";
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
import { labelList, labelMap, text, withoutAbsent } from "./values";

const INPUTS = ["name", "labels"];

/** What the Engine chooses for a network of which only the name is given. */
const OUTPUTS = ["driver", "internal", "ipamConfigs", "options", "scope"];

/** A container that is being removed leaves its network a moment later. */
const IN_USE_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 250;

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

async function removeNetwork(engine: Engine, old: ResourceState, { signal }: CallContext): Promise<void> {
  const deadline = Date.now() + IN_USE_MILLISECONDS;
  for (;;) {
    try {
      await engine.call({ method: "DELETE", path: path(old.id), signal });
      return;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) {
        return;
      }
      const isInUse = error instanceof EngineError && /has active endpoints/.test(error.message);
      if (!isInUse || Date.now() > deadline) {
        throw error;
      }
    }
    await sleep(POLL_MILLISECONDS, undefined, { signal });
  }
}

async function inspect(engine: Engine, id: string, signal: AbortSignal): Promise<NetworkInspectInfo | undefined> {
  try {
    return await engine.call<NetworkInspectInfo>({ method: "GET", path: path(id), signal });
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}

function path(id: string): string {
  return `/networks/${encodeURIComponent(id)}`;
}
