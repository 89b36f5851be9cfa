import { promisify } from "node:util";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./engine-log";
import type { Provider } from "./provider";
import { grpcMethods, ProviderService } from "./service";

/** A provider being served: what the engine takes for a plugin process of its own, with a configuration of its own. */
export interface Instance {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Aborts what is in progress, gives it half a second to end, and frees everything. */
  stop(): Promise<void>;
}

/** Serves a provider on a loopback port of its own. The engine's address is where log lines go; without it they go nowhere. */
export async function startInstance<Client>(
  provider: Provider<Client>,
  engineAddress: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Instance> {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const service = new ProviderService(provider, new EngineLog(engineAddress), environment);
  server.addService(ResourceProviderService, grpcMethods(service));
  const port = await promisify(server.bindAsync.bind(server))("127.0.0.1:0", ServerCredentials.createInsecure());
  return {
    port,
    stop: async () => {
      await service.cancelCalls();
      server.forceShutdown();
      service.close();
    },
  };
}

/** The engine's address is the last argument of a plugin; flags such as `-v=9` may come before it. */
export function engineAddress(pluginArguments: readonly string[]): string | undefined {
  const last = pluginArguments.at(-1);
  return last !== undefined && /^[^-].*:\d+$/.test(last) ? last : undefined;
}
