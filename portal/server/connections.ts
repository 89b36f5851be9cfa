import type { Server } from "node:http";
import type { Socket } from "node:net";
import { clientNetwork } from "./client-network";
import { CountLimit } from "./count-limit";

/** A browser opens six connections for requests, and one per terminal. A whole class may share one address. */
const CONNECTIONS_A_SEAT = 8;
const CONNECTIONS_BESIDE = 64;
/** Time limits for the head of a request (and the TLS handshake), and for all of it. */
export const HEAD_MILLISECONDS = 10_000;
const REQUEST_MILLISECONDS = 30_000;
/** Idle connections are closed after this time, which is longer than a check of a step may take. */
const IDLE_MILLISECONDS = 180_000;

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
