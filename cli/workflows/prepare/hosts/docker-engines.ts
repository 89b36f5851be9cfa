import { dockerClient, dockerHost } from "../../../../adapters/docker/client";
import type { DockerEngine } from "../../../../adapters/docker/engine";
import type { OpenedStack } from "../../../../adapters/pulumi/open-stack";
import { askHosts } from "../../../../components/machines/docker-hosts/answers";
import { hostsIn } from "../../../../config/hosts";
import type { RawConfig } from "../../../../config/settings";
import { settingAt } from "../../../../config/settings";
import type { CommandContext } from "../../../../core/command-context";
import { nodeContainerName } from "../../../../core/resource-names";
import { slotOfNode } from "../../../../core/seats";
import type { PreparedLab } from "../prepared-lab";

/** Addresses of the Docker Engines of a class. It may also have resources on those that do not answer. */
export interface Engines {
  readonly answering: readonly string[];
  readonly silent: readonly string[];
}

/** Docker Engines on which a class may have resources, by its settings. */
export interface EngineAddresses {
  /** The operator's Engine. */
  readonly engine: string;
  /** All Engines of a class that has several; otherwise none. */
  readonly hosts: readonly string[];
}

export async function engineAddresses(settings: RawConfig, environment: NodeJS.ProcessEnv): Promise<EngineAddresses> {
  const configured = settingAt(settings, "docker.host");
  const { hosts, placement } = hostsIn(settings);
  return {
    engine: configured === undefined ? await dockerHost(environment) : String(configured),
    hosts: [...new Set([...hosts, ...Object.values(placement)])],
  };
}

/** The Engines of a stack, from its settings, and whether they answer. Undefined: its machines are elsewhere. */
export async function findDockerEngines(
  { runtime: { environment }, reporter }: CommandContext,
  { config }: Pick<OpenedStack, "config">,
): Promise<Engines | undefined> {
  const settings = config.read();
  if (settingAt(settings, "target") === "aws") {
    return undefined;
  }
  const { engine, hosts } = await engineAddresses(settings, environment);
  if (hosts.length === 0) {
    return { answering: [engine], silent: [] };
  }
  const answers = await reporter.task(`asking ${hosts.length} Docker hosts`, () => askHosts(hosts));
  const silent = answers.filter((answer) => answer.engine === undefined);
  for (const { host, silence } of silent) {
    reporter.warn(`${host} does not answer, so operations that were cut off there stay pending: ${silence}`);
  }
  return {
    answering: answers.filter((answer) => answer.engine !== undefined).map(({ host }) => host),
    silent: silent.map(({ host }) => host),
  };
}

/** The Engines of a lab that was just prepared. */
export function engineAddressesOfLab({ docker, hosts }: Pick<PreparedLab, "docker" | "hosts">): Engines | undefined {
  if (hosts !== undefined) {
    return { answering: hosts.engines.map(({ host }) => host), silent: [...hosts.silent.keys()] };
  }
  return docker && { answering: [docker.host], silent: [] };
}

type Lab = Pick<PreparedLab, "docker" | "hosts">;

/** Every Engine of a class that answers; none if its machines are elsewhere. */
export function answeringDockerEngines({ docker, hosts }: Lab): readonly DockerEngine[] {
  return hosts?.engines ?? (docker === undefined ? [] : [docker]);
}

/** Why a node cannot be reached: its host does not answer. Undefined: it does. */
export function silenceOfNode({ hosts }: Lab, node: string): string | undefined {
  const host = hosts?.placement[slotOfNode(node)];
  const reason = host === undefined ? undefined : hosts?.silent.get(host);
  return reason === undefined ? undefined : `its Docker host ${host} does not answer: ${reason}`;
}

/** A node's container, on its Engine. Undefined: the Engine does not answer, or there is none. */
export function containerOf({ docker, hosts }: Lab, stack: string, node: string) {
  const host = hosts?.placement[slotOfNode(node)];
  const engine = hosts === undefined ? docker : hosts.engines.find((each) => each.host === host);
  return engine && { docker: dockerClient(engine.host), name: nodeContainerName(stack, node) };
}
