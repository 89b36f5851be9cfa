import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { contain } from "./boundary";
import { CountLimit } from "./count-limit";
import { isOwnOrigin } from "./headers";
import type { PortalServices } from "./services";
import { allowedSeat, tokenIn, viewerOf } from "./session-auth";
import { webSocketLink } from "./terminal/link";
import { INSTRUCTOR_TERMINALS, STUDENT_TERMINALS, type Terminals } from "./terminals";

const LONGEST_MESSAGE = 128 * 1024;
/** WebSockets of one student's browser: the seat's terminals, plus as many that are being refused. */
const STUDENT_WEB_SOCKETS = 2 * STUDENT_TERMINALS;

const LATE_MILLISECONDS = 1000;

type Refusal = "400 Bad Request" | "401 Unauthorized" | "403 Forbidden" | "429 Too Many Requests" | "500 Error";

interface Parts {
  readonly services: PortalServices;
  readonly terminals: Terminals;
}

/** Accepts WebSockets for terminals and refuses all other upgrades. Returns a function that closes them. */
export function acceptUpgrades(server: Server, parts: Parts): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE });
  const limit = new CountLimit();
  server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // Errors are followed by a close event, which is handled.
    stream.on("error", () => {});
    contain(
      "upgrade",
      () => {
        const decision = decide(parts, request, limit);
        if (typeof decision === "string") {
          refuse(stream, decision);
          return;
        }
        stream.once("close", decision.giveBack);
        if ("refusal" in decision) {
          setTimeout(() => refuse(stream, decision.refusal), LATE_MILLISECONDS).unref();
          return;
        }
        sockets.handleUpgrade(request, stream, head, (socket) => show(parts, decision, socket));
      },
      () => refuse(stream, "500 Error"),
    );
  });
  return () => {
    for (const socket of sockets.clients) {
      socket.terminate();
    }
  };
}

interface Allowed {
  readonly seat: string;
  readonly token: string;
  giveBack(): void;
}

/** Refused after a delay, because clients retry, and each attempt costs a TLS handshake. */
interface Late {
  readonly refusal: Refusal;
  giveBack(): void;
}

/** Decides whether a browser gets the requested terminal. */
function decide({ services, terminals }: Parts, request: IncomingMessage, limit: CountLimit): Allowed | Late | Refusal {
  const { url = "/", headers } = request;
  if (!URL.canParse(url, "https://portal")) {
    return "400 Bad Request";
  }
  const { pathname, searchParams } = new URL(url, "https://portal");
  if (pathname !== "/terminal" || !isOwnOrigin(headers.origin, headers.host)) {
    return "403 Forbidden";
  }
  const token = tokenIn(services, headers.cookie);
  const seat = allowedSeat(services, token, searchParams.get("seat") ?? undefined);
  if (token === undefined || seat === undefined) {
    return "401 Unauthorized";
  }
  const viewer = viewerOf(services, token, seat);
  const most =
    viewer.role === "student" ? STUDENT_WEB_SOCKETS : 2 * INSTRUCTOR_TERMINALS * services.seats.names().length;
  const giveBack = limit.take(token, most);
  if (giveBack === undefined) {
    return "429 Too Many Requests";
  }
  return terminals.mayOpen(seat, viewer) ? { seat, token, giveBack } : { refusal: "429 Too Many Requests", giveBack };
}

function show({ services, terminals }: Parts, { seat, token }: Allowed, socket: WebSocket): void {
  contain(
    "WebSocket",
    () => terminals.show(seat, webSocketLink(socket), viewerOf(services, token, seat)),
    () => socket.terminate(),
  );
}

/** Answers and closes the connection, even if the browser keeps its end open. */
function refuse(stream: Duplex, status: Refusal): void {
  stream.once("finish", () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
