import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { getRequestListener } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { LabError } from "../../core/errors";
import { createApp } from "./app";
import { contain, reportFailure } from "./boundary";
import type { Certificate } from "./certificate";
import { HEAD_MILLISECONDS, limitConnections } from "./connections";
import { CountLimit } from "./count-limit";
import type { PageFiles } from "./page-files";
import type { PortalServices } from "./services";
import { tokenIn } from "./session-auth";
import { Terminals } from "./terminals";
import { acceptUpgrades } from "./upgrade";

const LOOK_FOR_FREED_MILLISECONDS = 3000;
/** Most concurrent requests of one browser; its page sends at most six. */
const MOST_REQUESTS = 16;

/** A running portal. */
export interface RunningPortal {
  close(): Promise<void>;
}

/** Starts the portal on its port. Throws a LabError with exit code 2 if the port cannot be used. */
export async function servePortal(
  services: PortalServices,
  page: PageFiles,
  { certificate, privateKey, port }: Certificate & { readonly port: number },
): Promise<RunningPortal> {
  const server = createServer({
    cert: certificate,
    key: privateKey,
    minVersion: "TLSv1.2",
    handshakeTimeout: HEAD_MILLISECONDS,
  });
  const running = answerOn(server, services, page);
  try {
    await listen(server, port);
  } catch (error) {
    await running.close();
    throw error;
  }
  // Accepting a connection can fail, for example without free file descriptors.
  server.on("error", (error) => reportFailure("server", error));
  return running;
}

/** Handles a server's requests and terminals. Nothing that a browser sends can throw. */
export function answerOn(server: Server, services: PortalServices, page: PageFiles): RunningPortal {
  const terminals = new Terminals(services);
  const addressOf = (context: Parameters<typeof getConnInfo>[0]) => getConnInfo(context).remote.address ?? "unknown";
  const answer = getRequestListener(createApp({ services, terminals, page, addressOf }).fetch);
  const closeConnections = limitConnections(server, () => services.seats.names().length);
  const requests = new CountLimit();
  server.on("request", (request: IncomingMessage, response: ServerResponse) =>
    contain(
      "request",
      () => {
        const token = tokenIn(services, request.headers.cookie);
        const giveBack = token === undefined ? () => {} : requests.take(token, MOST_REQUESTS);
        if (giveBack === undefined) {
          response.writeHead(429, { connection: "close" }).end();
          return undefined;
        }
        // Until the response is sent: unread responses take memory.
        response.once("close", giveBack);
        return answer(request, response);
      },
      () => response.destroy(),
    ),
  );
  const closeSockets = acceptUpgrades(server, { services, terminals });
  // Seats are also freed by `lab portal free`, in another process.
  const timer = setInterval(
    () => contain("terminals of freed seats", () => terminals.closeForbidden()),
    LOOK_FOR_FREED_MILLISECONDS,
  );
  return {
    close: () => {
      clearInterval(timer);
      terminals.closeAll();
      closeSockets();
      return new Promise((resolve) => {
        server.close(() => resolve());
        closeConnections();
      });
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(portProblem(error, port));
    server.once("error", fail);
    server.listen(port, () => {
      server.off("error", fail);
      resolve();
    });
  });
}

function portProblem(error: NodeJS.ErrnoException, port: number): Error {
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: "it is in use by another program",
    EACCES: "ports below 1024 require root",
  };
  const reason = reasons[error.code ?? ""];
  return reason === undefined
    ? error
    : new LabError(`The portal cannot listen on port ${port}: ${reason}.`, {
        exitCode: 2,
        hint: "Run ./lab portal --port PORT with another port.",
        cause: error,
      });
}
