import type { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { type ProviderHandshakeRequest, ProviderHandshakeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Configuration } from "./configuration";
import { EngineLog } from "./engine-log";
import { invoke } from "./functions";
import type { Provider } from "./provider";
import { Resources } from "./resources";
import { rpcError, unimplemented } from "./rpc-errors";
import type { Runtime } from "./runtime";

/** All methods of Pulumi's provider protocol for one provider; what we leave out answers "unimplemented". */
export function providerService<Client>(
  provider: Provider<Client>,
  runtime: Runtime,
  configuration = new Configuration(provider, runtime),
): UntypedServiceImplementation {
  const resources = new Resources(configuration);
  return {
    ...leftOut(),
    handshake: unary(async (request: ProviderHandshakeRequest) => handshake(request, runtime)),
    getPluginInfo: unary(async () => new PluginInfo().setVersion(provider.version)),
    checkConfig: unary(configuration.check.bind(configuration)),
    diffConfig: unary(configuration.diff.bind(configuration)),
    configure: unary(configuration.configure.bind(configuration)),
    invoke: unary((request: Parameters<typeof invoke>[1]) => invoke(configuration, request)),
    check: unary(resources.check.bind(resources)),
    diff: unary(resources.diff.bind(resources)),
    create: unary(resources.create.bind(resources)),
    read: unary(resources.read.bind(resources)),
    update: unary(resources.update.bind(resources)),
    delete: unary(resources.delete.bind(resources)),
    cancel: unary(async () => cancel(runtime)),
  };
}

/** Secrets are not accepted, so the engine unwraps them for us and marks outputs of the same name. */
function handshake(request: ProviderHandshakeRequest, runtime: Runtime): ProviderHandshakeResponse {
  if (request.getEngineAddress() !== "") {
    runtime.log = new EngineLog(request.getEngineAddress());
  }
  return new ProviderHandshakeResponse().setAcceptSecrets(false).setAcceptResources(false).setAcceptOutputs(false);
}

function cancel(runtime: Runtime): Empty {
  runtime.calls.cancel(new Error("cancelled"));
  return new Empty();
}

function leftOut(): UntypedServiceImplementation {
  const refuse = (method: string) => (_call: unknown, callback: (error: ReturnType<typeof unimplemented>) => void) =>
    callback(unimplemented(method));
  const methods = Object.entries(ResourceProviderService).filter(([, method]) => !method.responseStream);
  return Object.fromEntries(methods.map(([name]) => [name, refuse(name)]));
}

/** A gRPC method from a function that takes a request and gives a response. */
function unary<Request, Response>(answer: (request: Request) => Promise<Response>): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    answer(call.request).then(
      (response) => callback(null, response),
      (thrown) => callback(rpcError(thrown)),
    );
  };
}
