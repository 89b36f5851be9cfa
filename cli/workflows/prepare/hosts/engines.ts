import { dockerClient, dockerHost } from "../../../../adapters/docker/client";
import type { DockerEngine } from "../../../../adapters/docker/engine";
import type { OpenedStack } from "../../../../adapters/pulumi/open-stack";
import { askHosts } from "../../../../components/machines/docker-hosts/answers";
import { hostsIn } from "../../../../config/hosts";
import type { RawConfig } from "../../../../config/settings";
import { settingAt } from "../../../../config/settings";
import type { CommandContext } from "../../../../core/command-context";
import { nodeContainerName } from "../../../../core/resource-names";
import { placeOfNode } from "../../../../core/seats";
import type { ClassHosts, PreparedLab } from "../prepared-lab";

/** Addresses of the Docker Engines of a class. On those that do not answer it may have things all the same. */
export interface Engines {
  readonly answering: readonly string[];
  readonly silent: readonly string[];
}

/** Where settings say that a class may have something. */
export interface EngineAddresses {
  /** The operator's Engine. */
  readonly engine: string;
  /** All Engines of a class that has several; else none. */
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

/** The Engines of a stack, as its settings have them; undefined where its machines are on none. */
export async function findEngines(
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
    reporter.warn(`${host} does not answer, so what was cut off there stays as it is: ${silence}`);
  }
  return {
    answering: answers.filter((answer) => answer.engine !== undefined).map(({ host }) => host),
    silent: silent.map(({ host }) => host),
  };
}

/** The Engines of a lab that was asked about them just now. */
export function enginesOfLab({ docker, hosts }: Pick<PreparedLab, "docker" | "hosts">): Engines | undefined {
  if (hosts !== undefined) {
    return { answering: hosts.engines.map(({ host }) => host), silent: [...hosts.silent.keys()] };
  }
  return docker && { answering: [docker.host], silent: [] };
}

type Lab = Pick<PreparedLab, "docker" | "hosts">;

/** Every Engine of a class that answers; none where its machines are not on any. */
export function enginesOf({ docker, hosts }: Lab): readonly DockerEngine[] {
  return hosts?.engines ?? (docker === undefined ? [] : [docker]);
}

/** The Engine that a node is on, or is to be; undefined where that does not answer, or there is none. */
function engineOfNode({ docker, hosts }: Lab, node: string): DockerEngine | undefined {
  return hosts === undefined ? docker : hosts.engines.find(({ host }) => host === hostOfNode(hosts, node));
}

/** Why nothing is to be had of a node: its host does not answer. Undefined where it does. */
export function silenceOfNode({ hosts }: Lab, node: string): string | undefined {
  const host = hosts === undefined ? undefined : hostOfNode(hosts, node);
  const reason = host === undefined ? undefined : hosts?.silent.get(host);
  return reason === undefined ? undefined : `its Docker host ${host} does not answer: ${reason}`;
}

/** A node's container, on the Engine that it is on. */
export function containerOf(lab: Lab, stack: string, node: string) {
  const engine = engineOfNode(lab, node);
  return engine && { docker: dockerClient(engine.host), name: nodeContainerName(stack, node) };
}

function hostOfNode({ placement }: ClassHosts, node: string): string | undefined {
  return placement[placeOfNode(node)];
}
