/** An image's name, taken apart as the Engine does it. */
export interface ImageReference {
  /** Host of the registry, with its port; undefined for a name that has none and so means Docker Hub. */
  readonly registry: string | undefined;
  /** The name without its tag, registry included. */
  readonly repository: string;
  readonly tag: string;
}

/** Docker Hub, as the docker client's credentials name it. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/** Takes a name such as `127.0.0.1:5001/hello:v0.1` apart. */
export function parseReference(name: string): ImageReference {
  const [, repository = name, tag = "latest"] = /^(.+?)(?::([\w.-]+))?$/.exec(name) ?? [];
  const first = repository.split("/")[0] ?? "";
  const named = repository.includes("/") && (/[.:]/.test(first) || first === "localhost");
  return { registry: named ? first : undefined, repository, tag };
}

/** What the docker client's credentials are filed under for a registry. */
export function credentialsKey(registry: string): string {
  return ["docker.io", "index.docker.io", "registry-1.docker.io"].includes(registry) ? DOCKER_HUB : registry;
}
