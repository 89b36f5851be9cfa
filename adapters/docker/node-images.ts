import { get, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { z } from "zod";
import { readBounded } from "../../core/bounded-read";
import type { NodeImages } from "../../core/class-state/image-drift";
import type { CommandContext } from "../../core/command-context";
import type { SshEndpoint } from "../../core/machine";
import { withTimeLimit } from "../../core/time-limit";
import { connect } from "../ssh/node-shell/connect";
import { readSeatAccess } from "../ssh/seat-access";

const DOCKER_SOCKET = "/var/run/docker.sock";

const PATIENCE_SECONDS = 10;

/** Students decide what their Docker answers. Ten thousand images take this much. */
const LONGEST_ANSWER = 8 * 1024 * 1024;

/** A node with an address. */
export interface ReachableNode {
  readonly node: string;
  readonly ssh: SshEndpoint;
}

/** Asks a node for its images. */
export type AskImages = (node: ReachableNode, signal: AbortSignal) => Promise<NodeImages>;

/**
 * Asks a node's Docker which images it has. Throws when the node cannot be reached, or its Docker does not answer. No
 * program is started on the node: that would cost as much processor time as the rest together.
 */
export async function askNodeImages(
  { runtime, options }: CommandContext,
  { node, ssh }: ReachableNode,
  signal: AbortSignal,
): Promise<NodeImages> {
  const access = readSeatAccess(runtime.programDirectory, options.stack, node);
  const client = await connect({ ...ssh, ...access }, { signal, timeoutSeconds: PATIENCE_SECONDS });
  try {
    return await withTimeLimit({ signal, seconds: PATIENCE_SECONDS }, async (limited) =>
      imagesIn(await readJson(await askDocker(client, "/images/json", limited))),
    );
  } catch (error) {
    throw new Error(`Docker does not answer there: ${(error as Error).message}`, { cause: error });
  } finally {
    client.end();
  }
}

async function readJson(answer: IncomingMessage): Promise<unknown> {
  return JSON.parse((await readBounded(answer, LONGEST_ANSWER)).toString("utf8"));
}

async function askDocker(client: Client, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  const socket = await new Promise<Duplex>((resolve, reject) => {
    client.openssh_forwardOutStreamLocal(DOCKER_SOCKET, (error, channel) =>
      error === undefined ? resolve(channel) : reject(error),
    );
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return new Promise((resolve, reject) => {
    get({ path, headers: { host: "docker" }, createConnection: () => socket, signal }, resolve).once("error", reject);
  });
}

/** The part of it that counts here. */
const listSchema = z.array(z.object({ Id: z.string().max(100), RepoTags: z.array(z.string().max(500)).nullish() }));

/** The images in Docker's answer, by each of their names. */
export function imagesIn(answer: unknown): NodeImages {
  return new Map(listSchema.parse(answer).flatMap(({ Id, RepoTags }) => (RepoTags ?? []).map((name) => [name, Id])));
}
