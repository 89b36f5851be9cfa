import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Configuration } from "./configuration";
import { EngineLog } from "./engine-log";
import type { Provider } from "./provider";
import { RunningCalls } from "./running-calls";
import type { Runtime } from "./runtime";
import { providerService } from "./service";

/** Time for aborted calls to close their connections and stop their child processes. */
const LEAVE_MILLISECONDS = 500;

/** A provider being served: what the engine takes for a plugin process of its own, with a configuration of its own. */
export interface Instance {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Aborts what is going on, gives it half a second to wind up, and frees everything. */
  stop(): Promise<void>;
}

/** Serves a provider on a loopback port of its own. The engine's address is where log lines go; without it they go nowhere. */
export async function startInstance<Client>(
  provider: Provider<Client>,
  engineAddress: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Instance> {
  const runtime: Runtime = { log: new EngineLog(engineAddress), calls: new RunningCalls(), environment };
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const configuration = new Configuration(provider, runtime);
  server.addService(ResourceProviderService, providerService(provider, runtime, configuration));
  return {
    port: await listen(server),
    stop: async () => {
      const { calls } = runtime;
      const isIdle = calls.count === 0;
      calls.cancel(new Error("cancelled: the Pulumi engine stopped this plugin"));
      if (!isIdle) {
        await new Promise((resolve) => setTimeout(resolve, LEAVE_MILLISECONDS));
      }
      server.forceShutdown();
      configuration.release();
      runtime.log.close();
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}

/** The engine's address is the last argument of a plugin; flags such as `-v=9` may come before it. */
export function engineAddress(pluginArguments: readonly string[]): string | undefined {
  const last = pluginArguments.at(-1);
  return last !== undefined && /^[^-].*:\d+$/.test(last) ? last : undefined;
}
