import type { Server } from "node:http";
import type { Socket } from "node:net";
import { clientNetwork } from "./client-network";
import { CountLimit } from "./count-limit";

/** A browser opens six connections for requests, and one for each terminal. A class often has one address. */
const CONNECTIONS_A_SEAT = 8;
const CONNECTIONS_BESIDE = 64;
/** How long a browser may take to send the head of a request, and all of it; its TLS handshake takes as long as the head. */
export const HEAD_MILLISECONDS = 10_000;
const REQUEST_MILLISECONDS = 30_000;
/** Longer than a check of a step may take. A connection over which nothing goes for so long is closed. */
const IDLE_MILLISECONDS = 180_000;

/** How many connections one address may have to the portal of a class. */
export function connectionsOfAnAddress(seats: number): number {
  return CONNECTIONS_A_SEAT * seats + CONNECTIONS_BESIDE;
}

/**
 * Bounds what connections take before anybody has logged in: how many there are of one address and in all, and how long one may
 * be idle. Gives what closes all of them, also those of browsers that have not said anything yet: the server's own list has no
 * such, and it would wait for them.
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
