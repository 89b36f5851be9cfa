import type { Certificates } from "./client-config";

/** Where a Docker Engine answers. `certificates`: over TLS. */
export type Address =
  | { readonly kind: "unix"; readonly socketPath: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly certificates?: Certificates }
  | SshAddress;

/** An Engine behind SSH: the far side's `docker system dial-stdio` is the wire. */
export interface SshAddress {
  readonly kind: "ssh";
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** The Engine's socket on the far side, when the address names one. */
  readonly socketPath?: string;
}

const ALLOWED = "unix:///path/to/docker.sock, tcp://host:port or ssh://user@host:port";

/** Reads an address as DOCKER_HOST and the docker provider's `host` have it. Throws an error that names what is allowed. */
export function parseAddress(host: string): Address {
  const scheme = /^([a-z]+):\/\//.exec(host)?.[1];
  switch (scheme) {
    case "unix":
      return { kind: "unix", socketPath: host.slice("unix://".length) };
    case "tcp":
      return parseTcp(host);
    case "ssh":
      return parseSsh(host);
    case "npipe":
      throw new Error(`host ${host}: Windows named pipes are not implemented by the air-gapped plugin; use ${ALLOWED}`);
    default:
      throw new Error(`host ${JSON.stringify(host)} is not an address of a Docker Engine; write ${ALLOWED}`);
  }
}

function parseTcp(host: string): Address {
  const url = parseUrl(host);
  // 2375 is the port that Docker's own clients take when none is given.
  return { kind: "tcp", host: bareHost(url), port: url.port === "" ? 2375 : Number(url.port) };
}

function parseSsh(host: string): SshAddress {
  const url = parseUrl(host);
  if (url.password !== "") {
    throw new Error(`an ssh:// address must not carry a password; use a key: ssh://user@${url.host}`);
  }
  if (url.search !== "" || url.hash !== "") {
    throw new Error(`host ${host}: nothing may follow the address; write ssh://user@host:port`);
  }
  return {
    kind: "ssh",
    host: bareHost(url),
    ...(url.username === "" ? {} : { user: decodeURIComponent(url.username) }),
    ...(url.port === "" ? {} : { port: Number(url.port) }),
    ...(url.pathname === "" || url.pathname === "/" ? {} : { socketPath: url.pathname }),
  };
}

function parseUrl(host: string): URL {
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url === undefined || url.hostname === "") {
    throw new Error(`host ${JSON.stringify(host)} is not an address of a Docker Engine; write ${ALLOWED}`);
  }
  return url;
}

/** IPv6 addresses stand in brackets in a URL, and without them everywhere else. */
function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
