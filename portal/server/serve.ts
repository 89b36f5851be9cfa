import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createAdaptorServer } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { WebSocketServer } from "ws";
import { LabError } from "../../cli/errors";
import { createApp } from "./app";
import type { Certificate } from "./certificate";
import { isOwnOrigin } from "./headers";
import type { PageFiles } from "./page-files";
import type { PortalServices } from "./services";
import { webSocketLink } from "./terminal/web-socket-link";
import { Terminals } from "./terminals";
import { allowedSeat, tokenIn, viewerOf } from "./who";

const LONGEST_MESSAGE = 128 * 1024;
const LOOK_FOR_FREED_MILLISECONDS = 3000;

/** A portal at work. */
export interface RunningPortal {
  close(): Promise<void>;
}

/** Opens the portal's one port. */
export async function servePortal(
  services: PortalServices,
  page: PageFiles,
  { certificate, privateKey, port }: Certificate & { readonly port: number },
): Promise<RunningPortal> {
  const terminals = new Terminals(services);
  const addressOf = (context: Parameters<typeof getConnInfo>[0]) => getConnInfo(context).remote.address ?? "unknown";
  const { fetch } = createApp({ services, terminals, page, addressOf });
  const server = createAdaptorServer({
    fetch,
    createServer,
    serverOptions: { cert: certificate, key: privateKey, minVersion: "TLSv1.2" },
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE });
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const { seat, token, refusal } = judgeUpgrade(services, request);
    if (seat === undefined) {
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) =>
      terminals.show(seat, webSocketLink(socket), viewerOf(services, token, seat)),
    );
  });
  const connections = new Set<Socket>();
  server.on("connection", (connection: Socket) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
  });
  await listen(server, port);
  // Seats are also freed by `lab portal free`, in another process.
  const timer = setInterval(() => terminals.closeForbidden(), LOOK_FOR_FREED_MILLISECONDS);
  return {
    close: () => {
      clearInterval(timer);
      terminals.closeAll();
      for (const socket of sockets.clients) {
        socket.terminate();
      }
      return new Promise((resolve) => {
        server.close(() => resolve());
        // Also those of browsers that have not said anything yet: the server's own list has no such, and it would wait for them.
        for (const connection of connections) {
          connection.destroy();
        }
      });
    },
  };
}

/** Whether a browser may have the terminal that it asks for. */
function judgeUpgrade(services: PortalServices, request: IncomingMessage) {
  const url = new URL(request.url ?? "/", "https://portal");
  const token = tokenIn(services, request.headers.cookie);
  const asked = url.searchParams.get("seat") ?? undefined;
  const isRight = url.pathname === "/terminal" && isOwnOrigin(request.headers.origin, request.headers.host);
  const seat = isRight ? allowedSeat(services, token, asked) : undefined;
  const refusal = isRight ? "401 Unauthorized" : "403 Forbidden";
  return { seat, token, refusal };
}

function listen(server: ReturnType<typeof createAdaptorServer>, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(portProblem(error, port)));
    server.listen(port, () => resolve());
  });
}

function portProblem(error: NodeJS.ErrnoException, port: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program has it",
    EACCES: "ports below 1024 are for root",
  };
  const reason = reasons[error.code ?? ""];
  return reason === undefined
    ? error
    : new LabError(`The portal cannot have port ${port}: ${reason}.`, {
        exitCode: 2,
        hint: "Give it another one: ./lab portal --port PORT",
        cause: error,
      });
}
