import { setTimeout as sleep } from "node:timers/promises";
import type { NetworkInspectInfo, VolumeInspectInfo } from "dockerode";
import { compareInputs } from "../framework/diff";
import { type PropertyMap, type ResourceHandler, UNKNOWN } from "../framework/provider";
import { refuseNested } from "../framework/refusals";
import { text, textMap, withoutAbsent } from "../framework/values";
import { type Engine, EngineError, inspectAt } from "./connection/engine";
import { labelList, labelMap, requireInputs } from "./inputs";

/** What differs between networks and volumes: things that have a name, and of which every change makes a new one. */
interface Kind<Info> {
  readonly path: "/networks" | "/volumes";
  readonly inputs: readonly string[];
  /** What the Engine chooses when only the name is given. */
  readonly outputs: readonly string[];
  /** Body of the Engine's create call. */
  body(inputs: PropertyMap): { [name: string]: unknown };
  /** Outputs from the Engine's answer. */
  observe(found: Info): PropertyMap;
  idOf(found: Info): string;
  /** Whether the Engine's answer to the create call is all of it. Of a network it is only the id. */
  readonly createAnswerIsComplete: boolean;
  /** Whether the Engine's error says that a container still has it. */
  isInUse(error: EngineError): boolean;
}

const networks: Kind<NetworkInspectInfo> = {
  path: "/networks",
  inputs: ["name", "labels"],
  outputs: ["driver", "internal", "ipamConfigs", "options", "scope"],
  body: networkBody,
  observe: observeNetwork,
  idOf: ({ Id }) => Id,
  createAnswerIsComplete: false,
  isInUse: ({ message }) => /has active endpoints/.test(message),
};

const volumes: Kind<VolumeInspectInfo> = {
  path: "/volumes",
  inputs: ["name", "driver", "driverOpts", "labels"],
  outputs: ["driver", "mountpoint"],
  body: volumeBody,
  observe: observeVolume,
  idOf: ({ Name }) => Name,
  createAnswerIsComplete: true,
  isInUse: ({ status }) => status === 409,
};

/** `docker:index/network:Network`. */
export const network = handler(networks);

/** `docker:index/volume:Volume`. */
export const volume = handler(volumes);

function handler<Info>(kind: Kind<Info>): ResourceHandler<Engine> {
  const pathOf = (id: string) => `${kind.path}/${encodeURIComponent(id)}`;
  return {
    inputs: kind.inputs,
    check: (inputs) => ({
      inputs,
      failures: [...refuseNested("docker", inputs, { labels: ["label", "value"] }), ...requireInputs(inputs, ["name"])],
    }),
    diff: (old, inputs) => ({
      ...compareInputs(old.inputs, inputs, kind.inputs),
      deleteBeforeReplace: old.inputs.name === inputs.name,
    }),
    preview: (inputs) => ({ ...Object.fromEntries(kind.outputs.map((name) => [name, UNKNOWN])), ...inputs }),
    async create(engine, inputs, { signal }) {
      const body = kind.body(inputs);
      const answer = await engine.call<Info>({ method: "POST", path: `${kind.path}/create`, body, signal });
      const id = kind.idOf(answer);
      // A further request that fails would lose what was just created.
      const made = kind.createAnswerIsComplete ? answer : await inspectAt<Info>(engine, pathOf(id), signal);
      return { id, properties: { ...(made && kind.observe(made)), ...inputs } };
    },
    async read(engine, old, { signal }) {
      const found = await inspectAt<Info>(engine, pathOf(old.id), signal);
      return found && { id: kind.idOf(found), properties: kind.observe(found), inputs: old.inputs };
    },
    delete: (engine, old, { signal }) => removeAt(engine, pathOf(old.id), kind.isInUse, signal),
  };
}

/** The Engine's API takes two networks of one name unless it is told to check. */
export function networkBody(inputs: PropertyMap): { [name: string]: unknown } {
  return withoutAbsent({
    Name: text(inputs.name),
    CheckDuplicate: true,
    Labels: inputs.labels === undefined ? undefined : labelMap(inputs.labels),
  });
}

export function volumeBody(inputs: PropertyMap): { [name: string]: unknown } {
  return withoutAbsent({
    Name: text(inputs.name),
    Driver: text(inputs.driver),
    DriverOpts: inputs.driverOpts === undefined ? undefined : textMap(inputs.driverOpts),
    Labels: inputs.labels === undefined ? undefined : labelMap(inputs.labels),
  });
}

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

export function observeVolume(found: VolumeInspectInfo): PropertyMap {
  return {
    name: found.Name,
    driver: found.Driver,
    driverOpts: { ...found.Options },
    labels: labelList(found.Labels),
    mountpoint: found.Mountpoint,
  };
}

/** A container that is being removed leaves its network and releases its volumes a moment later. */
const IN_USE_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 250;

/**
 * Removes what the Engine has at a path; nothing happens where there is none. Tries again for 30 s while `isInUse` is true of
 * the Engine's error, then throws that error.
 */
async function removeAt(
  engine: Engine,
  path: string,
  isInUse: (error: EngineError) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + IN_USE_MILLISECONDS;
  for (;;) {
    try {
      await engine.call({ method: "DELETE", path, signal });
      return;
    } catch (error) {
      if (error instanceof EngineError && error.status === 404) {
        return;
      }
      if (!(error instanceof EngineError && isInUse(error)) || Date.now() > deadline) {
        throw error;
      }
    }
    await sleep(POLL_MILLISECONDS, undefined, { signal });
  }
}
