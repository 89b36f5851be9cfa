import { spawn } from "node:child_process";
import * as http from "node:http";
import * as https from "node:https";
import type { Duplex, Readable } from "node:stream";
import type { Address, SshAddress } from "../../../../adapters/docker/connection/address";
import { SshConnection, sshArguments } from "../../../../adapters/docker/connection/ssh-connection";
import { readAnswer } from "./bounded-answer";

/** The newest version of the Engine's API that this plugin was written for (Docker 28.1). */
const NEWEST_API = "1.50";

/** The oldest one: that of Docker 20.10. */
const OLDEST_API = "1.41";

/** Bytes of an answer that says what went wrong. */
const LONGEST_MESSAGE = 64 * 1024;

/** An answer of the Docker Engine that is not a success. */
export class EngineError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

/** Parameters of a request; one with several values is sent several times. */
export type Query = { readonly [name: string]: string | readonly string[] };

/** One request to the Engine. */
export interface EngineRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Without the version, e.g. `/containers/create`. */
  readonly path: string;
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a tar archive. */
  readonly archive?: Readable;
  /** Beside those that the body needs. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * The Docker Engine's HTTP API, over any kind of address. A thin client of our own: dockerode costs each plugin
 * process (one a seat) 20 MB and 0.15 s, and lets DOCKER_HOST of the environment win over the address it is given.
 */
export class Engine {
  readonly #agent: http.Agent;
  #version: Promise<string> | undefined;

  constructor(
    readonly address: Address,
    sshOptions: readonly string[],
    /** Of the provider: where the operator's logins are read from. */
    readonly environment: NodeJS.ProcessEnv,
  ) {
    this.#agent = agentFor(address, sshOptions);
  }

  /** Ends all connections, also those in use. */
  close(): void {
    this.#agent.destroy();
  }

  /** Asks whether the Engine answers, and which version of its API to speak. */
  ping(signal: AbortSignal): Promise<string> {
    this.#version ??= this.#negotiate(signal).catch((error: unknown) => {
      this.#version = undefined;
      throw error;
    });
    return this.#version;
  }

  /** Performs a request and reads its JSON answer; undefined when the answer is empty. */
  async call<Answer>(request: EngineRequest): Promise<Answer> {
    const response = await this.stream(request);
    // Read in any case, so that the next request finds the connection free and no second login is needed.
    const body = await readAnswer(response);
    const { statusCode, headers } = response;
    const isJson = (headers["content-type"] ?? "").startsWith("application/json");
    const isEmpty = statusCode === 204 || statusCode === 304 || !isJson;
    return (isEmpty ? undefined : JSON.parse(body.toString("utf8"))) as Answer;
  }

  /** Performs a request and gives the answer as it arrives. */
  async stream(request: EngineRequest): Promise<http.IncomingMessage> {
    const version = await this.ping(request.signal);
    const response = await this.#send({ ...request, path: `/v${version}${request.path}` });
    // Else a reader of the answer would only hear "aborted", not why.
    request.signal.addEventListener("abort", () => response.destroy(reasonOf(request.signal)), { once: true });
    const { socket } = response;
    const fail = (error: Error) => response.destroy(error);
    socket.once("error", fail);
    response.once("close", () => socket.off("error", fail));
    return succeed(response);
  }

  async #negotiate(signal: AbortSignal): Promise<string> {
    const response = await succeed(await this.#send({ method: "GET", path: "/_ping", signal }));
    const answered = response.headers["api-version"];
    await readAnswer(response);
    const newest = typeof answered === "string" ? answered : NEWEST_API;
    if (olderVersion(newest, OLDEST_API) !== OLDEST_API) {
      throw new Error(
        `the Docker Engine is too old: its API has version ${newest}, and ${OLDEST_API} (Docker 20.10) or newer is needed. ` +
          "Update Docker on that machine, or use another Docker Engine",
      );
    }
    return olderVersion(newest, NEWEST_API);
  }

  #send(request: EngineRequest): Promise<http.IncomingMessage> {
    const query = queryString(request.query ?? {});
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    return new Promise((resolve, reject) => {
      const outgoing = this.#request(
        {
          ...this.#target(),
          agent: this.#agent,
          method: request.method,
          path: query === "" ? request.path : `${request.path}?${query}`,
          headers: { ...headersOf(request, body), ...request.headers },
          signal: request.signal,
        },
        resolve,
      );
      outgoing.on("error", reject);
      if (request.archive === undefined) {
        outgoing.end(body);
      } else {
        request.archive.on("error", (error) => outgoing.destroy(error)).pipe(outgoing);
      }
    });
  }

  get #request(): typeof http.request {
    return this.address.kind === "tcp" && this.address.certificates !== undefined ? https.request : http.request;
  }

  #target(): http.RequestOptions {
    switch (this.address.kind) {
      case "unix":
        return { socketPath: this.address.socketPath, host: "docker" };
      case "tcp":
        return { host: this.address.host, port: this.address.port };
      case "ssh":
        return { host: "docker" };
    }
  }
}

function agentFor(address: Address, sshOptions: readonly string[]): http.Agent {
  if (address.kind === "ssh") {
    return new SshAgent(address, sshOptions);
  }
  return address.kind === "tcp" && address.certificates !== undefined
    ? new https.Agent({ keepAlive: true, ...address.certificates })
    : new http.Agent({ keepAlive: true });
}

/** Parallel ssh processes to one node: sshd starts to drop unauthenticated connections at ten (MaxStartups). */
const MAX_CONNECTIONS = 6;

/** How long a connection waits for its next request. A class has two a seat, each a process here and some on the node. */
const IDLE_MILLISECONDS = 1000;

/**
 * Connections for HTTP requests, each an `ssh` process. They are kept for a while and used again: a login costs a quarter
 * of a second, a request on an open connection next to nothing.
 */
class SshAgent extends http.Agent {
  readonly #idle = new WeakMap<Duplex, NodeJS.Timeout>();

  constructor(
    readonly address: SshAddress,
    readonly options: readonly string[],
  ) {
    super({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  }

  override createConnection(): Duplex {
    return new SshConnection(this.address, spawn("ssh", sshArguments(this.address, this.options)));
  }

  override keepSocketAlive(connection: Duplex): boolean {
    this.#idle.set(connection, setTimeout(() => connection.destroy(), IDLE_MILLISECONDS).unref());
    return true;
  }

  override reuseSocket(connection: Duplex): void {
    clearTimeout(this.#idle.get(connection));
  }
}

/** What the Engine says of the object at a path; undefined where there is none. */
export async function inspectAt<Info>(engine: Engine, path: string, signal: AbortSignal): Promise<Info | undefined> {
  try {
    return await engine.call<Info>({ method: "GET", path, signal });
  } catch (error) {
    if (error instanceof EngineError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
}

/** The older of two versions such as `1.41`. */
export function olderVersion(left: string, right: string): string {
  return left.localeCompare(right, "en", { numeric: true }) <= 0 ? left : right;
}

function queryString(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each]),
  );
  return new URLSearchParams(pairs).toString();
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error("cancelled");
}

function headersOf(request: EngineRequest, body: string | undefined): http.OutgoingHttpHeaders {
  if (request.archive !== undefined) {
    return { "Content-Type": "application/x-tar" };
  }
  return body === undefined
    ? { "Content-Length": 0 }
    : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
}

async function succeed(response: http.IncomingMessage): Promise<http.IncomingMessage> {
  const status = response.statusCode ?? 0;
  if (status < 400) {
    return response;
  }
  const body = (await readAnswer(response, LONGEST_MESSAGE)).toString("utf8");
  throw new EngineError(explainVersions(messageOf(body)) || `the Docker Engine answered ${status}`, status);
}

/** The Engine's message, and what to do if it no longer knows our version of its API. */
function explainVersions(message: string): string {
  return /^client version \S+ is too old\./.test(message)
    ? `${message}. This client is lab's air-gapped docker plugin, which knows the API up to ${NEWEST_API}. ` +
        "Update Lab Nodes, or use an older Docker Engine"
    : message;
}

function messageOf(body: string): string {
  try {
    const answer: unknown = JSON.parse(body);
    const message = typeof answer === "object" && answer !== null && "message" in answer ? answer.message : undefined;
    return typeof message === "string" ? message.trim() : body.trim();
  } catch {
    return body.trim();
  }
}
