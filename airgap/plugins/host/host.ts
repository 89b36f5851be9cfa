import type { Server, Socket } from "node:net";
import { engineAddress, type Instance, startInstance } from "../framework/instance";
import type { Provider } from "../framework/provider";
import { type InstanceRequest, parseRequest } from "./request";

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
const REQUEST_MILLISECONDS = 5_000;

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
    this.#tellIdle();
  }

  /** Tells every launcher why its plugin ends. */
  async fail(error: Error): Promise<void> {
    const told = [...this.#launchers].map(
      ([socket, plugin]) =>
        new Promise<void>((resolve) => {
          socket.end(`the air-gapped plugin ${plugin} stopped: ${error.stack ?? error.message}\n`, () => resolve());
        }),
    );
    await Promise.all(told);
  }

  async #serve(socket: Socket): Promise<void> {
    const request = parseRequest(await readRequest(socket), this.token);
    const plugin = this.plugins.find(({ name }) => name === request?.plugin);
    if (request === undefined || plugin === undefined) {
      return;
    }
    this.#launchers.set(socket, plugin.name);
    try {
      await this.#serveInstance(socket, plugin, request);
    } finally {
      this.#launchers.delete(socket);
      this.#tellIdle();
    }
  }

  async #serveInstance(socket: Socket, plugin: Plugin, request: InstanceRequest): Promise<void> {
    const instance = await plugin.start(engineAddress(request.arguments), request.environment);
    try {
      socket.write(`${instance.port}\n`);
      await untilUnwanted(socket, request.engineProcess);
    } finally {
      await instance.stop();
    }
  }

  #tellIdle(): void {
    if (this.#launchers.size === 0) {
      this.#onIdle?.();
    }
  }
}

/** What the other side says first, to its two zero bytes; rejects for one that says too much, or nothing. */
function readRequest(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0);
    const timer = setTimeout(() => reject(new Error("no request came")), REQUEST_MILLISECONDS);
    const done = (settle: () => void) => {
      clearTimeout(timer);
      socket.off("data", take);
      settle();
    };
    const take = (bytes: Buffer) => {
      read = Buffer.concat([read, bytes]);
      const end = read.indexOf("\0\0");
      if (end >= 0) {
        done(() => resolve(read.toString("utf8", 0, end)));
      } else if (read.length > REQUEST_LIMIT) {
        done(() => reject(new Error("that is no request")));
      }
    };
    socket.on("data", take);
    socket.once("close", () => done(() => reject(new Error("the launcher is gone"))));
  });
}

/** The engine ends its launchers; when it is killed itself, nobody does. */
function untilUnwanted(socket: Socket, engineProcess: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!isRunning(engineProcess)) {
        done();
      }
    }, ENGINE_POLL_MILLISECONDS);
    const done = () => {
      clearInterval(timer);
      resolve();
    };
    if (socket.destroyed) {
      done();
    }
    socket.resume().once("end", done).once("close", done);
  });
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
