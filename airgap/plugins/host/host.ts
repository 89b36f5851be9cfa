import { timingSafeEqual } from "node:crypto";
import { on } from "node:events";
import type { Server, Socket } from "node:net";
import { finished } from "node:stream/promises";
import { engineAddress, type Instance, startInstance } from "../framework/instance";
import type { Provider } from "../framework/provider";

/** A plugin that the host can serve, as often as it is asked for. */
export interface Plugin {
  /** Folder name under which Pulumi knows it, e.g. `resource-docker-v5.2.0`. */
  readonly name: string;
  start(engineAddress: string | undefined, environment: NodeJS.ProcessEnv): Promise<Instance>;
}

/** A provider as a plugin of the host. */
export function pluginOf<Client>(provider: Provider<Client>): Plugin {
  return {
    name: `resource-${provider.name}-v${provider.version}`,
    start: (address, environment) => startInstance(provider, address, environment),
  };
}

/** No launcher's request is larger, in bytes, and none takes longer to come. */
const REQUEST_LIMIT = 100_000;
const REQUEST_SECONDS = 5;

const ENGINE_POLL_MILLISECONDS = 1_000;

/**
 * Serves many plugins in one process. A launcher, which the engine takes for the plugin, connects, names the plugin,
 * gets the port of a new instance, and keeps the connection: as long as it stands, so does the instance.
 */
export class PluginHost {
  /** Launchers with an instance, and the plugin that each stands for. */
  readonly #launchers = new Map<Socket, string>();
  #onIdle: (() => void) | undefined;

  constructor(
    readonly plugins: readonly Plugin[],
    readonly token: string,
    readonly requestSeconds = REQUEST_SECONDS,
  ) {}

  /** Takes launchers' connections from now on. */
  listen(server: Server): void {
    server.on("connection", (socket) => {
      socket.on("error", () => socket.destroy());
      this.#serve(socket)
        .catch((error: Error) => socket.end(`${error.message}\n`))
        .finally(() => socket.end());
    });
  }

  /** Calls back once nobody is served, now or later. */
  whenIdle(onIdle: () => void): void {
    this.#onIdle = onIdle;
    this.#reportIdle();
  }

  /** Reports to every launcher why its plugin ends. */
  async fail(error: Error): Promise<void> {
    const reported = [...this.#launchers].map(
      ([socket, plugin]) =>
        new Promise<void>((resolve) => {
          socket.end(`the air-gapped plugin ${plugin} stopped: ${error.stack ?? error.message}\n`, () => resolve());
        }),
    );
    await Promise.all(reported);
  }

  async #serve(socket: Socket): Promise<void> {
    const request = parseRequest(await readRequest(socket, this.requestSeconds), this.token);
    const plugin = this.plugins.find(({ name }) => name === request?.plugin);
    if (request === undefined || plugin === undefined) {
      return;
    }
    this.#launchers.set(socket, plugin.name);
    try {
      const instance = await plugin.start(engineAddress(request.arguments), request.environment);
      try {
        socket.write(`${instance.port}\n`);
        await untilUnwanted(socket, request.engineProcess);
      } finally {
        await instance.stop();
      }
    } finally {
      this.#launchers.delete(socket);
      this.#reportIdle();
    }
  }

  #reportIdle(): void {
    if (this.#launchers.size === 0) {
      this.#onIdle?.();
    }
  }
}

/** What the other side sends first, to its two zero bytes; rejects for one that sends too much, or nothing. */
async function readRequest(socket: Socket, seconds: number): Promise<string> {
  let read = Buffer.alloc(0);
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    for await (const [bytes] of on(socket, "data", { signal, close: ["close"] }) as AsyncIterable<[Buffer]>) {
      read = Buffer.concat([read, bytes]);
      const end = read.indexOf("\0\0");
      if (end >= 0) {
        return read.toString("utf8", 0, end);
      }
      if (read.length > REQUEST_LIMIT) {
        throw new Error(`the request is larger than ${REQUEST_LIMIT / 1000} KB`);
      }
    }
  } catch (error) {
    throw signal.aborted ? new Error(`no request within ${seconds} s`) : error;
  }
  throw new Error("the launcher is gone");
}

/** Settles when the launcher has ended. The engine ends its launchers; when it is killed itself, nobody does. */
async function untilUnwanted(socket: Socket, engineProcess: number): Promise<void> {
  const ended = finished(socket.resume(), { writable: false }).catch(() => undefined);
  const poll = setInterval(() => {
    if (!isRunning(engineProcess)) {
      socket.destroy();
    }
  }, ENGINE_POLL_MILLISECONDS);
  await ended;
  clearInterval(poll);
}

/**
 * Reads a launcher's request, which is parts with zero bytes between: `TOKEN PLUGIN ENGINE_PROCESS [ENGINE_ADDRESS]`, then
 * `NAME=VALUE` for each DOCKER_ variable that the engine started it with. Undefined for a request of anybody else.
 */
function parseRequest(request: string, token: string) {
  const [line = "", ...variables] = request.split("\0");
  const [given = "", plugin = "", engineProcess = "", ...rest] = line.split(" ");
  if (!isSame(given, token) || plugin === "" || !/^[1-9]\d*$/.test(engineProcess)) {
    return undefined;
  }
  return {
    plugin,
    engineProcess: Number(engineProcess),
    arguments: rest,
    // A DOCKER_ variable that the launcher does not have is one that its plugin does not have.
    environment: Object.fromEntries([
      ...Object.entries(process.env).filter(([name]) => !name.startsWith("DOCKER_")),
      ...variables.map(splitVariable),
    ]),
  };
}

function splitVariable(variable: string): [string, string] {
  const end = variable.indexOf("=");
  return [variable.slice(0, end), variable.slice(end + 1)];
}

function isSame(given: string, token: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(token)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
