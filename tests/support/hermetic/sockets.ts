import dns from "node:dns";
import { type AddressInfo, isIP, type ListenOptions, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { sep } from "node:path";

/** What a socket is to be connected with, or a server is to listen at: a path, or a port of a host. */
interface Target {
  readonly path?: string | undefined;
  /** 0: any free one. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
}

interface Guard {
  /** Ports that the system gave to a server of this process, or that a test declared its child's. */
  readonly ownPorts: Set<number>;
  violations: string[];
}

const GUARD = Symbol.for("lab-nodes.tests.sockets");
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1|0\.0\.0\.0|::)$/;

/** The guard of this process: one for all test files that it runs. */
function guard(): Guard {
  const holder = globalThis as { [GUARD]?: Guard };
  holder[GUARD] ??= { ownPorts: new Set(), violations: [] };
  return holder[GUARD];
}

/** What was refused since the last call. */
export function takeViolations(): string[] {
  const { violations } = guard();
  guard().violations = [];
  return violations;
}

/** Lets tests connect to a port of the loopback that a child of this process listens on. */
export function allowPort(port: number): void {
  guard().ownPorts.add(port);
}

/**
 * Refuses each connection but those to servers of this process, each listening on a port that the system did not choose
 * for this process (asking whether 2201 is free is asking this machine), and each look-up of another name than localhost.
 * Sockets in the folder for temporary files are the test's own.
 */
export function guardSockets(): void {
  const isGuarded = Reflect.has(globalThis, GUARD);
  const { ownPorts } = guard();
  if (isGuarded) {
    return;
  }
  const { connect } = Socket.prototype;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    const target = targetOf(args);
    if (isOwn(target, ownPorts)) {
      return Reflect.apply(connect, this, args);
    }
    const error = refuse(`it connects to ${textOf(target)}`);
    process.nextTick(() => this.destroy(error));
    return this;
  };
  const { listen } = Server.prototype;
  Server.prototype.listen = function (this: Server, ...args: unknown[]) {
    const target = targetOf(args);
    if (target.path === undefined && target.port === 0) {
      this.once("listening", () => {
        const address = this.address() as AddressInfo | string | null;
        if (typeof address === "object" && address !== null) {
          ownPorts.add(address.port);
        }
      });
    } else if (!isOwn(target, ownPorts)) {
      const error = refuse(`it listens on ${textOf(target)}`);
      process.nextTick(() => this.emit("error", error));
      return this;
    }
    return Reflect.apply(listen, this, args);
  };
  guardLookups();
}

function guardLookups(): void {
  const { lookup } = dns;
  const guarded = (name: string, ...rest: unknown[]) => {
    const callback = rest.at(-1);
    if (LOOPBACK.test(name) || isIP(name) !== 0) {
      return Reflect.apply(lookup, dns, [name, ...rest]);
    }
    const error = refuse(`it looks up ${name}`);
    if (typeof callback === "function") {
      process.nextTick(callback, error);
    }
  };
  const { lookup: promised } = dns.promises;
  const guardedPromise = async (name: string, ...rest: unknown[]) => {
    if (LOOPBACK.test(name) || isIP(name) !== 0) {
      return Reflect.apply(promised, dns.promises, [name, ...rest]);
    }
    throw refuse(`it looks up ${name}`);
  };
  Object.assign(dns, { lookup: Object.assign(guarded, lookup) });
  Object.assign(dns.promises, { lookup: guardedPromise });
}

function refuse(violation: string): Error {
  guard().violations.push(violation);
  // As the system would say it of a server that is not there.
  return Object.assign(new Error(`${violation}, and a unit test may not`), { code: "ECONNREFUSED" });
}

function isOwn({ path, port, host }: Target, ownPorts: ReadonlySet<number>): boolean {
  if (path !== undefined) {
    return path.startsWith(`${tmpdir()}${sep}`) || path.startsWith("\0");
  }
  return (host === undefined || LOOPBACK.test(host)) && port !== undefined && ownPorts.has(port);
}

/** The first arguments of `connect` and `listen`: a path, a port and a host, options, or Node.js's own list of those. */
function targetOf(args: readonly unknown[]): Target {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  if (typeof first === "object" && first !== null) {
    const { path, port, host } = first as ListenOptions;
    // Libraries write `null` and `undefined` for what they leave out.
    return { path: path ?? undefined, port: Number(port ?? 0), host: host ?? undefined };
  }
  if (typeof first === "string" && Number.isNaN(Number(first))) {
    return { path: first };
  }
  return { port: Number(first ?? 0), host: typeof second === "string" ? second : undefined };
}

function textOf({ path, port, host }: Target): string {
  return path ?? `port ${port} of ${host ?? "this machine"}`;
}
