import type { Server } from "node:http";
import { isIPv6, type Socket } from "node:net";
import { CountLimit } from "./count-limit";

/** A browser opens six connections for requests, and one per terminal. A whole class may share one address. */
const CONNECTIONS_A_SEAT = 8;
const CONNECTIONS_BESIDE = 64;
/** Time limits for the head of a request (and the TLS handshake), and for all of it. */
export const HEAD_MILLISECONDS = 10_000;
const REQUEST_MILLISECONDS = 30_000;
/** Idle connections are closed after this time, which is longer than a check of a step may take. */
const IDLE_MILLISECONDS = 180_000;
/** Groups of an IPv6 address, and those of them that identify a network; its owner can choose the others. */
const GROUPS = 8;
const NETWORK_GROUPS = 4;

/** Most connections from one address. */
export function connectionsOfAnAddress(seats: number): number {
  return CONNECTIONS_A_SEAT * seats + CONNECTIONS_BESIDE;
}

/**
 * Limits connections per address and in total, and their idle time. Returns a function that closes all of them, including those
 * without a request yet, for which the server itself would wait.
 */
export function limitConnections(server: Server, seats: () => number): () => void {
  server.headersTimeout = HEAD_MILLISECONDS;
  server.requestTimeout = REQUEST_MILLISECONDS;
  server.setTimeout(IDLE_MILLISECONDS);
  const open = new Set<Socket>();
  const limit = new CountLimit();
  server.on("connection", (connection: Socket) => {
    const most = connectionsOfAnAddress(seats());
    const giveBack =
      open.size < 2 * most ? limit.take(clientNetwork(connection.remoteAddress ?? "unknown"), most) : undefined;
    if (giveBack === undefined) {
      connection.destroy();
      return;
    }
    open.add(connection);
    connection.once("close", () => {
      open.delete(connection);
      giveBack();
    });
  });
  return () => {
    for (const connection of open) {
      connection.destroy();
    }
  };
}

/**
 * The network of an address, for limits: an IPv4 address itself, or the /64 of an IPv6 address. IPv4-mapped addresses
 * (`::ffff:192.0.2.1`) count as IPv4.
 */
export function clientNetwork(address: string): string {
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) {
    return bare;
  }
  const groups = groupsOf(bare);
  const [high = 0, low = 0] = groups.slice(-2);
  return groups.slice(0, -2).join() === "0,0,0,0,0,65535"
    ? [high >> 8, high & 255, low >> 8, low & 255].join(".")
    : `${groups
        .slice(0, NETWORK_GROUPS)
        .map((group) => group.toString(16))
        .join(":")}::/64`;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // A URL has it in its canonical form, without dotted parts.
  const [before = [], after = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split("::")
    .map((part) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16))));
  return [...before, ...new Array<number>(GROUPS - before.length - after.length).fill(0), ...after];
}
