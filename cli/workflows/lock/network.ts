import { z } from "zod";
import { whyNoAnswer } from "../../../adapters/files/network";
import type { Architecture } from "../../../core/aws/facts";

/** Queries of `lab lock` to the internet, which tests replace. Each rejects with a reason. */
export interface LockNetwork {
  /** The text behind a URL. */
  text(url: string): Promise<string>;
  /** Digest of an image's index, e.g. for "alpine:3.22". */
  digest(image: string): Promise<string>;
  /** Id of Canonical's current machine image in a region. */
  machineImage(region: string, architecture: Architecture): Promise<string>;
}

const SECONDS = 15;

/** Media types of image indexes, so that a registry does not answer with one platform's image. */
const INDEX_TYPES =
  "application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json";

/** Downloads, the registries' HTTP API without a login, and AWS with the user's credentials. */
export const lockNetwork: LockNetwork = {
  async text(url) {
    return await (await request(url)).text();
  },

  async digest(image) {
    const { host, repository, tag } = parseImage(image);
    const url = `https://${host}/v2/${repository}/manifests/${tag}`;
    const accept = { Accept: INDEX_TYPES };
    const first = await answerOf(url, { method: "HEAD", headers: accept });
    const response =
      first.status === 401
        ? await request(url, { method: "HEAD", headers: { ...accept, Authorization: await tokenFor(first) } })
        : requireGood(first, url);
    const digest = response.headers.get("docker-content-digest") ?? "";
    const isIndex = INDEX_TYPES.includes(response.headers.get("content-type") ?? "none");
    if (!isIndex || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
      throw new Error(`${host} returned no index digest for ${repository}:${tag}`);
    }
    return digest;
  },

  machineImage(region, architecture) {
    // AWS's clients take longer to load than all of `lab`.
    const { currentUbuntu } = require("./machine-images") as typeof import("./machine-images");
    return currentUbuntu(region, architecture);
  },
};

/** Registry, repository and tag of an image name; without a host it is on Docker Hub. */
export function parseImage(image: string): { host: string; repository: string; tag: string } {
  const [, name = image, tag = "latest"] = /^(.*?)(?::([^:/@]+))?(?:@.*)?$/.exec(image) ?? [];
  const [first = "", ...rest] = name.split("/");
  const hasHost = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const path = hasHost ? rest.join("/") : name;
  return {
    host: hasHost ? first : "registry-1.docker.io",
    repository: hasHost || path.includes("/") ? path : `library/${path}`,
    tag,
  };
}

const TOKEN = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** The Authorization header for a registry that asks for a token: it says where to get one without a login. */
async function tokenFor(refusal: Response): Promise<string> {
  const challenge = refusal.headers.get("www-authenticate") ?? "";
  const fields = new Map([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]));
  const realm = fields.get("realm");
  if (realm === undefined) {
    throw new Error("the registry requires a login");
  }
  fields.delete("realm");
  const answer = TOKEN.parse(await (await request(`${realm}?${new URLSearchParams([...fields])}`)).json());
  return `Bearer ${answer.token ?? answer.access_token ?? ""}`;
}

async function request(url: string, init: RequestInit = {}): Promise<Response> {
  return requireGood(await answerOf(url, init), url);
}

async function answerOf(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(SECONDS * 1000) });
  } catch (error) {
    throw new Error(whyNoAnswer(error, SECONDS), { cause: error });
  }
}

function requireGood(response: Response, url: string): Response {
  if (!response.ok) {
    throw new Error(`${new URL(url).host} answered HTTP ${response.status}`);
  }
  return response;
}
