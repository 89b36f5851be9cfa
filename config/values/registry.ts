/** The allowed form of a registry's name, for error messages. */
export const REGISTRY_RULE =
  "must be a registry's host with optional port and path, such as registry.example.org/class";

const HOST = String.raw`(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d{1,5})?|[a-z0-9-]+:\d{1,5}`;
const PATH = "(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*";

/** A name that Docker reads as a registry, and not as a Docker Hub user, because it has a dot or a port. */
export const REGISTRY = new RegExp(`^(?:${HOST})${PATH}$`);

/** `host:port` of a registry at this machine's loopback address, which nodes cannot reach; undefined for any other. */
export function loopbackAddress(registry: string): string | undefined {
  return /^(?:127\.0\.0\.1|localhost):\d+(?=\/|$)/.exec(registry)?.[0];
}
