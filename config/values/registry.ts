/** What a registry's name has to look like, for people. */
export const REGISTRY_RULE =
  "must be a registry's host, with a port and a path if it needs them, such as registry.example.org/class";

const HOST = String.raw`(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d{1,5})?|[a-z0-9-]+:\d{1,5}`;
const PATH = "(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*";

/** A name that Docker takes for a registry's, and not for a user's at Docker Hub: it has a dot or a port. */
export const REGISTRY = new RegExp(`^(?:${HOST})${PATH}$`);

/**
 * `host:port` of a registry that this machine alone can see, as it is at its own loopback address; else undefined. The
 * nodes' loopback addresses are their own.
 */
export function loopbackAddress(registry: string): string | undefined {
  return /^(?:127\.0\.0\.1|localhost):\d+(?=\/|$)/.exec(registry)?.[0];
}
