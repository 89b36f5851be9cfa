import { credentials, type handleUnaryCall, type MethodDefinition, Server, ServerCredentials } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { startInstance } from "../../../../airgap/plugins/framework/instance";
import type { Provider } from "../../../../airgap/plugins/framework/provider";

/** A provider served in this process, called through the real protocol, with an engine that notes log lines. */
export interface ServedProvider {
  readonly client: ResourceProviderClient;
  readonly lines: LogRequest[];
  close(): Promise<void>;
}

export async function serveForTest<Client>(provider: Provider<Client>): Promise<ServedProvider> {
  const lines: LogRequest[] = [];
  const log: handleUnaryCall<LogRequest, Empty> = (call, callback) => {
    lines.push(call.request);
    callback(null, new Empty());
  };
  const unused: handleUnaryCall<unknown, unknown> = (_call, callback) => callback(new Error("not part of this test"));
  const engine = new Server();
  const others = Object.fromEntries(Object.keys(EngineService).map((name) => [name, unused]));
  engine.addService(EngineService, { ...others, log });
  const instance = await startInstance(provider, `127.0.0.1:${await listen(engine)}`, process.env);
  const client = new ResourceProviderClient(`127.0.0.1:${instance.port}`, credentials.createInsecure());
  return {
    client,
    lines,
    close: async () => {
      client.close();
      await instance.stop();
      engine.forceShutdown();
    },
  };
}

/** Calls one method and gives its response, or rejects with the error that came over the wire. */
export function ask<Request, Response>(
  { client }: ServedProvider,
  method: MethodDefinition<Request, Response>,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      (error, response) => (error === null && response !== undefined ? resolve(response) : reject(error)),
    );
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error === null ? resolve(port) : reject(error),
    );
  });
}
