import { get, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import type { Client } from "ssh2";
import { z } from "zod";
import { DEFAULTS } from "../../config/schema";
import type { RawConfig } from "../../config/settings";
import { settingAt } from "../../config/settings";
import type { NodeImages } from "../../core/class-state/declared-images";
import type { CommandContext } from "../../core/command-context";
import { BASE_IMAGE_NAMES, FIGLET, HELLO_V1, HELLO_V2 } from "../../core/image-sets";
import { readBounded, withTimeLimit } from "../../core/limits";
import type { SshEndpoint } from "../../core/machine";
import { connect } from "../ssh/node-shell/connect";
import { readSeatAccess } from "../ssh/seat-access";

const DOCKER_SOCKET = "/var/run/docker.sock";

const PATIENCE_SECONDS = 10;

/** Students control what their Docker answers. Ten thousand images take this much. */
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
      imagesIn(JSON.parse(String(await readBounded(await askDocker(client, "/images/json", limited), LONGEST_ANSWER)))),
    );
  } catch (error) {
    throw new Error(`its Docker does not answer: ${(error as Error).message}`, { cause: error });
  } finally {
    client.end();
  }
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

/** The part of Docker's answer that is used. */
const listSchema = z.array(z.object({ Id: z.string().max(100), RepoTags: z.array(z.string().max(500)).nullish() }));

/** The images in Docker's answer, by each of their names. */
export function imagesIn(answer: unknown): NodeImages {
  return new Map(listSchema.parse(answer).flatMap(({ Id, RepoTags }) => (RepoTags ?? []).map((name) => [name, Id])));
}

/** Names of an image on an Engine. */
export interface NamedImage {
  readonly RepoTags?: readonly string[] | null | undefined;
  readonly RepoDigests?: readonly string[] | null | undefined;
}

/** Names of the images that go through a registry, as the lesson has them. */
const DELIVERED = [...BASE_IMAGE_NAMES, ...[FIGLET, HELLO_V1, HELLO_V2].map(({ imageName }) => imageName)].map(
  (name) => name.split(":") as [repository: string, tag: string],
);

/**
 * The names that a class has given an image for its registry. Undefined without a registry. A digest does not identify the
 * class: it counts at the class's own registry, unless the image also has another class's name there.
 */
export function pushedNames(stack: string, raw: RawConfig): ((image: NamedImage) => string[]) | undefined {
  if (settingAt(raw, "images.delivery") !== "registry") {
    return undefined;
  }
  const existing = settingAt(raw, "images.registry");
  const port = settingAt(raw, "images.registryPort") ?? DEFAULTS.images.registryPort;
  const registry = existing === undefined ? `127.0.0.1:${port}` : String(existing);
  const tags = new Set(DELIVERED.map(([repository, tag]) => `${registry}/${repository}:${stack}-${tag}`));
  const repositories = DELIVERED.map(([repository]) => `${registry}/${repository}@`);
  return ({ RepoTags, RepoDigests }) => {
    const names = (RepoTags ?? []).filter((name) => name.startsWith(`${registry}/`));
    const own = names.filter((name) => tags.has(name));
    const hasDigests = existing === undefined && own.length === names.length;
    const digests = (RepoDigests ?? []).filter((name) => repositories.some((prefix) => name.startsWith(prefix)));
    return [...own, ...(hasDigests ? digests : [])];
  };
}

/**
 * Removes names from images of an Engine; an image is removed with its last name. Pulumi leaves what it has pushed. An
 * image in use stays.
 */
export async function forgetImages(docker: Docker, namesOf: (image: NamedImage) => string[]): Promise<void> {
  for (const name of (await docker.listImages()).flatMap(namesOf)) {
    await docker
      .getImage(name)
      .remove()
      .catch((error: { statusCode?: number }) => {
        // 404: the image's last tag took its digests along. 409: something runs from it.
        if (error.statusCode !== 404 && error.statusCode !== 409) {
          throw error;
        }
      });
  }
}
