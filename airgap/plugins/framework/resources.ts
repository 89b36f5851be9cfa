import {
  type CheckRequest,
  type CheckResponse,
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type DiffRequest,
  type DiffResponse,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type Configuration, checkResponse } from "./configuration";
import { diffResponse } from "./detailed-diff";
import { decodeProperties, encodeProperties } from "./properties";
import type { ResourceHandler, ResourceState } from "./provider";
import { refuseUnknownInputs } from "./refusals";
import { runCall } from "./runtime";

/** The protocol's calls that concern one resource, led to the handler of its type. */
export class Resources<Client> {
  constructor(readonly configuration: Configuration<Client>) {}

  async check(request: CheckRequest): Promise<CheckResponse> {
    const { type, handler } = this.#find(request.getUrn());
    const given = decodeProperties(request.getNews());
    const refused = refuseUnknownInputs(given, { subject: type, inputs: handler.inputs });
    const checked = handler.check?.(given) ?? { inputs: given, failures: [] };
    return checkResponse([...refused, ...checked.failures]).setInputs(encodeProperties(checked.inputs));
  }

  async diff(request: DiffRequest): Promise<DiffResponse> {
    const { handler } = this.#find(request.getUrn());
    const oldInputs = decodeProperties(request.getOldInputs());
    const inputs = decodeProperties(request.getNews());
    const old = { id: request.getId(), properties: decodeProperties(request.getOlds()), inputs: oldInputs };
    return diffResponse(handler.diff(old, inputs), oldInputs, inputs);
  }

  async create(request: CreateRequest): Promise<CreateResponse> {
    const { handler } = this.#find(request.getUrn());
    const inputs = decodeProperties(request.getProperties());
    if (request.getPreview()) {
      return new CreateResponse().setProperties(encodeProperties(handler.preview(inputs)));
    }
    const created = await this.#run(request, (context) => handler.create(this.configuration.client(), inputs, context));
    return new CreateResponse().setId(created.id).setProperties(encodeProperties(created.properties));
  }

  async read(request: ReadRequest): Promise<ReadResponse> {
    const { handler } = this.#find(request.getUrn());
    const old = { ...stateOf(request), inputs: decodeProperties(request.getInputs()) };
    const found = await this.#run(request, (context) => handler.read(this.configuration.client(), old, context));
    if (found === undefined) {
      // An empty id is the protocol's way to say that the resource is gone.
      return new ReadResponse();
    }
    return new ReadResponse()
      .setId(found.id)
      .setProperties(encodeProperties(found.properties))
      .setInputs(encodeProperties(found.inputs));
  }

  async update(request: UpdateRequest): Promise<UpdateResponse> {
    const { type, handler } = this.#find(request.getUrn());
    const old: ResourceState = { id: request.getId(), properties: decodeProperties(request.getOlds()) };
    const inputs = decodeProperties(request.getNews());
    if (request.getPreview()) {
      return new UpdateResponse().setProperties(encodeProperties(handler.preview(inputs, old)));
    }
    const update = handler.update?.bind(handler);
    if (update === undefined) {
      throw new Error(`${type} cannot be changed in place; replace it: pulumi up --replace '${request.getUrn()}'`);
    }
    const updated = await this.#run(request, (context) => update(this.configuration.client(), old, inputs, context));
    return new UpdateResponse().setProperties(encodeProperties(updated));
  }

  async delete(request: DeleteRequest): Promise<Empty> {
    const { handler } = this.#find(request.getUrn());
    await this.#run(request, (context) => handler.delete(this.configuration.client(), stateOf(request), context));
    return new Empty();
  }

  #run<Result>(
    request: { getUrn(): string; getTimeout(): number },
    handler: Parameters<typeof runCall<Result>>[2],
  ): Promise<Result> {
    const call = { urn: request.getUrn(), timeoutSeconds: request.getTimeout() };
    return runCall(this.configuration.runtime, call, handler);
  }

  #find(urn: string): { type: string; handler: ResourceHandler<Client> } {
    const { name, resources } = this.configuration.provider;
    const type = typeOf(urn);
    const handler = Object.hasOwn(resources, type) ? resources[type] : undefined;
    if (handler === undefined) {
      const known = Object.keys(resources).join(", ");
      throw new Error(`the air-gapped ${name} plugin does not implement the resource ${type}; it implements ${known}`);
    }
    return { type, handler };
  }
}

function stateOf(request: ReadRequest | DeleteRequest): ResourceState {
  return { id: request.getId(), properties: decodeProperties(request.getProperties()) };
}

/** Own type of a urn such as `urn:pulumi:stack::project::parent$type::name`; a name may hold colons itself. */
function typeOf(urn: string): string {
  const qualified = urn.split("::")[2] ?? "";
  return qualified.slice(qualified.lastIndexOf("$") + 1);
}
