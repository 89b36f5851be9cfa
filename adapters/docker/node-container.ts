import { addAbortSignal, type Readable } from "node:stream";
import type Docker from "dockerode";
import { serverOf } from "../../config/hosts";
import { readBounded, rejectionOf } from "../../core/limits";
import { containerName, ofStack, SEAT_LABEL } from "../../core/resource-names";
import { dockerClient } from "./client";

/** A node's container, as the Docker Engine has it. */
export interface NodeContainer {
  /** The Engine that has it. */
  readonly docker: Docker;
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly slot: string | undefined;
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
  const containers = await docker.listContainers({ all: true, filters: ofStack(stack) });
  return containers.map((container) => ({
    docker,
    id: container.Id,
    name: containerName(container),
    state: container.State,
    slot: container.Labels[SEAT_LABEL],
    ssh: publishedAt(container.Ports),
    lostNetwork: lostNetwork(container),
    through: serverOf(host) === undefined ? undefined : host,
  }));
}

const SSH_PORT = 22;

function publishedAt(ports: Docker.ContainerInfo["Ports"]): NodeContainer["ssh"] {
  const found = ports.find(({ PrivatePort }) => PrivatePort === SSH_PORT);
  return found?.PublicPort === undefined ? undefined : { host: dialledAt(found.IP), port: found.PublicPort };
}

/** Where to connect to a port published at an address. A port published at all addresses is at the loopback one, too. */
export function dialledAt(address: string | undefined): string {
  return address === undefined || address === "" || address === "0.0.0.0" ? "127.0.0.1" : address;
}

function lostNetwork({ NetworkSettings, HostConfig }: Docker.ContainerInfo): string | undefined {
  if (Object.keys(NetworkSettings.Networks).length > 0) {
    return undefined;
  }
  // "default" is the Engine's own name for the network that it creates at its start.
  return HostConfig.NetworkMode === "default" ? "bridge" : HostConfig.NetworkMode;
}

/** The output of a script is some lines; programs that a student has replaced may print without end. */
const LONGEST_OUTPUT = 256 * 1024;

/**
 * Runs a script in a container through its Docker Engine, because SSH may be what is broken. Rejects when `signal` is
 * aborted, or when it prints more than 256 KB, and reads no further.
 */
export function runScriptIn(container: Docker.Container, script: string, signal: AbortSignal): Promise<string> {
  const run = async () => {
    // With a terminal the output is the text itself, without the frames that separate stdout from stderr.
    const exec = await container.exec({ Cmd: ["bash", "-c", script], AttachStdout: true, Tty: true });
    const stream: Readable = await exec.start({ Tty: true });
    const output = await readBounded(addAbortSignal(signal, stream), LONGEST_OUTPUT);
    return output.toString("utf8").replaceAll("\r", "").trim();
  };
  return Promise.race([run(), rejectionOf(signal)]);
}
