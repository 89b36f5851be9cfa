import { dockerClient } from "../../../../adapters/docker/client";
import type { DockerEngine } from "../../../../adapters/docker/engine";
import { nodeContainerName } from "../../../../core/resource-names";
import { placeOfNode } from "../../../../core/seats";
import type { ClassHosts, PreparedLab } from "../prepared-lab";

type Lab = Pick<PreparedLab, "docker" | "hosts">;

/** Every Engine of a class that answers; none where its machines are not on any. */
export function enginesOf({ docker, hosts }: Lab): readonly DockerEngine[] {
  return hosts?.engines ?? (docker === undefined ? [] : [docker]);
}

/** The Engine that a node is on, or is to be; undefined where that does not answer, or there is none. */
export function engineOfNode({ docker, hosts }: Lab, node: string): DockerEngine | undefined {
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
