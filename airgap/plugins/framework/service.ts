import type { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { RunningCalls } from "./calls";
import { compareInputs, diffResponse } from "./diff";
import { EngineLog } from "./engine-log";
import { decodeConfiguration, decodeProperties, encodeProperties } from "./properties";
import type { CallContext, CheckFailure, Provider, ResourceState } from "./provider";
import { refuseUnknownInputs } from "./refusals";
import { rpcError, Unimplemented } from "./rpc-errors";
import { containsUnknown } from "./values";

/** Pulumi's provider protocol for one provider, with one configuration. Its methods are called as the protocol's are. */
export class ProviderService<Client> {
  readonly #calls = new RunningCalls();
  #client: { readonly value: Client } | undefined;

  constructor(
    readonly provider: Provider<Client>,
    private log: EngineLog,
    readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** Aborts what is in progress, and gives it half a second to end. */
  async cancelCalls(): Promise<void> {
    await this.#calls.stop(new Error("cancelled: the Pulumi engine stopped this plugin"));
  }

  /** Closes what the client and the log hold open. */
  close(): void {
    if (this.#client !== undefined) {
      this.provider.release?.(this.#client.value);
    }
    this.log.close();
  }

  /** Secrets are not accepted, so the engine unwraps them for us and marks outputs of the same name. */
  async handshake(request: pb.ProviderHandshakeRequest): Promise<pb.ProviderHandshakeResponse> {
    if (request.getEngineAddress() !== "") {
      this.log = new EngineLog(request.getEngineAddress());
    }
    return new pb.ProviderHandshakeResponse().setAcceptSecrets(false).setAcceptResources(false).setAcceptOutputs(false);
  }

  async getPluginInfo(): Promise<PluginInfo> {
    return new PluginInfo().setVersion(this.provider.version);
  }

  /** Refuses arguments that are not implemented. The engine gets them back untouched: it has entries of its own there. */
  async checkConfig(request: pb.CheckRequest): Promise<pb.CheckResponse> {
    const { name, configuration } = this.provider;
    const failures = refuseUnknownInputs(decodeConfiguration(request.getNews()), {
      subject: `provider ${name}`,
      inputs: configuration,
    });
    return new pb.CheckResponse().setFailuresList(failures.map(failureMessage)).setInputs(request.getNews());
  }

  /** A changed argument updates the provider and leaves its resources alone, as with the official ones. */
  async diffConfig(request: pb.DiffRequest): Promise<pb.DiffResponse> {
    const old = decodeConfiguration(request.getOldInputs() ?? request.getOlds());
    const inputs = decodeConfiguration(request.getNews());
    return diffResponse(compareInputs(old, inputs, []), old, inputs);
  }

  /** Makes the client, unless some argument is not known yet: then a preview continues without it. */
  async configure(request: pb.ConfigureRequest): Promise<pb.ConfigureResponse> {
    const values = decodeConfiguration(request.getArgs());
    if (!containsUnknown(values)) {
      this.#client = { value: await this.provider.configure(values, this.environment) };
    }
    return new pb.ConfigureResponse().setSupportspreview(true).setAcceptsecrets(false).setAcceptoutputs(false);
  }

  async invoke(request: pb.InvokeRequest): Promise<pb.InvokeResponse> {
    const token = request.getTok();
    const handler = this.#find(this.provider.functions, "function", token);
    const inputs = decodeProperties(request.getArgs());
    const refused = refuseUnknownInputs(inputs, { subject: token, inputs: handler.inputs });
    if (refused.length > 0) {
      return new pb.InvokeResponse().setFailuresList(refused.map(failureMessage));
    }
    if (containsUnknown(inputs)) {
      throw new Error(`${token} was called with values that are not known yet; call its Output form instead`);
    }
    return new pb.InvokeResponse().setReturn(encodeProperties(await handler.call(this.#connected(), inputs)));
  }

  async check(request: pb.CheckRequest): Promise<pb.CheckResponse> {
    const handler = this.#resource(request);
    const given = decodeProperties(request.getNews());
    const refused = refuseUnknownInputs(given, { subject: typeOf(request.getUrn()), inputs: handler.inputs });
    const checked = handler.check?.(given) ?? { inputs: given, failures: [] };
    return new pb.CheckResponse()
      .setFailuresList([...refused, ...checked.failures].map(failureMessage))
      .setInputs(encodeProperties(checked.inputs));
  }

  async diff(request: pb.DiffRequest): Promise<pb.DiffResponse> {
    const oldInputs = decodeProperties(request.getOldInputs());
    const inputs = decodeProperties(request.getNews());
    const old = { id: request.getId(), properties: decodeProperties(request.getOlds()), inputs: oldInputs };
    return diffResponse(this.#resource(request).diff(old, inputs), oldInputs, inputs);
  }

  async create(request: pb.CreateRequest): Promise<pb.CreateResponse> {
    const handler = this.#resource(request);
    const inputs = decodeProperties(request.getProperties());
    if (request.getPreview()) {
      return new pb.CreateResponse().setProperties(encodeProperties(handler.preview(inputs)));
    }
    const created = await this.#run(request, (client, context) => handler.create(client, inputs, context));
    return new pb.CreateResponse().setId(created.id).setProperties(encodeProperties(created.properties));
  }

  async read(request: pb.ReadRequest): Promise<pb.ReadResponse> {
    const handler = this.#resource(request);
    const old = { ...stateOf(request), inputs: decodeProperties(request.getInputs()) };
    const found = await this.#run(request, (client, context) => handler.read(client, old, context));
    if (found === undefined) {
      // An empty id is the protocol's way to say that the resource is gone.
      return new pb.ReadResponse();
    }
    return new pb.ReadResponse()
      .setId(found.id)
      .setProperties(encodeProperties(found.properties))
      .setInputs(encodeProperties(found.inputs));
  }

  async update(request: pb.UpdateRequest): Promise<pb.UpdateResponse> {
    const handler = this.#resource(request);
    const old = { id: request.getId(), properties: decodeProperties(request.getOlds()) };
    const inputs = decodeProperties(request.getNews());
    if (request.getPreview()) {
      return new pb.UpdateResponse().setProperties(encodeProperties(handler.preview(inputs, old)));
    }
    const update = handler.update?.bind(handler);
    if (update === undefined) {
      const urn = request.getUrn();
      throw new Error(`${typeOf(urn)} cannot be changed in place; replace it: pulumi up --replace '${urn}'`);
    }
    const updated = await this.#run(request, (client, context) => update(client, old, inputs, context));
    return new pb.UpdateResponse().setProperties(encodeProperties(updated));
  }

  async delete(request: pb.DeleteRequest): Promise<Empty> {
    const handler = this.#resource(request);
    await this.#run(request, (client, context) => handler.delete(client, stateOf(request), context));
    return new Empty();
  }

  async cancel(): Promise<Empty> {
    this.#calls.cancel(new Error("cancelled"));
    return new Empty();
  }

  #run<Result>(
    request: { getUrn(): string; getTimeout(): number },
    handler: (client: Client, context: CallContext) => Promise<Result>,
  ): Promise<Result> {
    const call = { urn: request.getUrn(), timeoutSeconds: request.getTimeout(), log: this.log };
    return this.#calls.run(call, async (context) => handler(this.#connected(), context));
  }

  #connected(): Client {
    if (this.#client === undefined) {
      throw new Error(`provider ${this.provider.name} has no connection yet: some of its arguments are not known`);
    }
    return this.#client.value;
  }

  #resource(request: { getUrn(): string }) {
    return this.#find(this.provider.resources, "resource", typeOf(request.getUrn()));
  }

  #find<Handler>(handlers: Readonly<Record<string, Handler>>, kind: "resource" | "function", name: string): Handler {
    const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
    if (handler === undefined) {
      const known = Object.keys(handlers).join(", ") || "none";
      throw new Error(
        `the air-gapped ${this.provider.name} plugin does not implement the ${kind} ${name}; it implements ${known}`,
      );
    }
    return handler;
  }
}

/** The methods that grpc-js serves; what we leave out of the protocol answers "unimplemented". */
export function grpcMethods<Client>(service: ProviderService<Client>): UntypedServiceImplementation {
  const unimplemented = Object.entries(ResourceProviderService)
    .filter(([, { responseStream }]) => !responseStream)
    .map(([name]) => [name, unary(() => Promise.reject(new Unimplemented(name)))]);
  return {
    ...Object.fromEntries(unimplemented),
    handshake: unary(service.handshake.bind(service)),
    getPluginInfo: unary(service.getPluginInfo.bind(service)),
    checkConfig: unary(service.checkConfig.bind(service)),
    diffConfig: unary(service.diffConfig.bind(service)),
    configure: unary(service.configure.bind(service)),
    invoke: unary(service.invoke.bind(service)),
    check: unary(service.check.bind(service)),
    diff: unary(service.diff.bind(service)),
    create: unary(service.create.bind(service)),
    read: unary(service.read.bind(service)),
    update: unary(service.update.bind(service)),
    delete: unary(service.delete.bind(service)),
    cancel: unary(service.cancel.bind(service)),
  };
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

function failureMessage({ property, reason }: CheckFailure): pb.CheckFailure {
  return new pb.CheckFailure().setProperty(property).setReason(reason);
}

function stateOf(request: pb.ReadRequest | pb.DeleteRequest): ResourceState {
  return { id: request.getId(), properties: decodeProperties(request.getProperties()) };
}

/** Own type of a urn such as `urn:pulumi:stack::project::parent$type::name`; a name may hold colons itself. */
function typeOf(urn: string): string {
  const qualified = urn.split("::")[2] ?? "";
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}
