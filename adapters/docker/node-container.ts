import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { serverOf } from "../../config/hosts";
import { readBounded } from "../../core/limits";
import { containerName, ofStack, SEAT_LABEL } from "../../core/resource-names";
import { dockerClient } from "./client";

/** A node's container, as the Docker Engine has it. */
export interface NodeContainer {
  /** The Engine that has it. */
  readonly docker: Docker;
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly place: string | undefined;
  /** Where its SSH server is published, as seen from its Docker host; undefined while it does not run, or is cut off from its network. */
  readonly ssh: { readonly host: string; readonly port: number } | undefined;
  /** The network that it was made for, when it is in none. */
  readonly lostNetwork: string | undefined;
  /** The Docker host that it is reached through, when that is not this machine. */
  readonly through: string | undefined;
}

/** All containers of a stack on the Engine at an address. */
export async function nodeContainers(host: string, stack: string): Promise<NodeContainer[]> {
  const docker = dockerClient(host);
  return (await docker.listContainers({ all: true, filters: ofStack(stack) })).map((container) =>
    nodeContainer({ docker, through: serverOf(host) === undefined ? undefined : host }, container),
  );
}

function nodeContainer(
  place: Pick<NodeContainer, "docker" | "through">,
  container: Docker.ContainerInfo,
): NodeContainer {
  return {
    ...place,
    id: container.Id,
    name: containerName(container),
    state: container.State,
    place: container.Labels[SEAT_LABEL],
    ssh: publishedAt(container.Ports),
    lostNetwork: lostNetwork(container),
  };
}

const SSH_PORT = 22;

function publishedAt(ports: Docker.ContainerInfo["Ports"]): NodeContainer["ssh"] {
  const found = ports.find(({ PrivatePort }) => PrivatePort === SSH_PORT);
  return found?.PublicPort === undefined ? undefined : { host: dialledAt(found.IP), port: found.PublicPort };
}

/** Where to dial what is published at an address: at all of them it is at the loopback one, too. */
export function dialledAt(address: string | undefined): string {
  return address === undefined || address === "" || address === "0.0.0.0" ? "127.0.0.1" : address;
}

function lostNetwork({ NetworkSettings, HostConfig }: Docker.ContainerInfo): string | undefined {
  if (Object.keys(NetworkSettings.Networks).length > 0) {
    return undefined;
  }
  // "default" is the Engine's own name for what it made at its start.
  return HostConfig.NetworkMode === "default" ? "bridge" : HostConfig.NetworkMode;
}

/** A script's answer is some lines; what a student has put in the place of its programs may print without end. */
const LONGEST_ANSWER = 256 * 1024;

/**
 * Runs a script in a container, on its Docker Engine's word: SSH may be what is broken. Rejects when it takes too long, or
 * prints more than 256 KB, and reads no further.
 */
export async function runScriptIn(container: Docker.Container, script: string, patience: AbortSignal): Promise<string> {
  return Promise.race([runIn(container, ["bash", "-c", script], patience), rejectionAt(patience)]);
}

async function runIn(container: Docker.Container, command: readonly string[], patience: AbortSignal): Promise<string> {
  // With a terminal the output is the text itself, without the frames that tell stdout from stderr.
  const run = await container.exec({ Cmd: [...command], AttachStdout: true, Tty: true });
  const stream = await run.start({ Tty: true });
  const stop = () => stream.destroy();
  patience.addEventListener("abort", stop, { once: true });
  try {
    const answer = await readBounded(stream as unknown as Readable, LONGEST_ANSWER);
    return answer.toString("utf8").replaceAll("\r", "").trim();
  } finally {
    patience.removeEventListener("abort", stop);
  }
}

function rejectionAt(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
