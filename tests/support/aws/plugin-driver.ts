import { randomBytes } from "node:crypto";
import { ResourceProviderService as calls } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  InvokeRequest,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { decodeProperties, encodeProperties } from "../../../airgap/plugins/framework/properties";
import type { PropertyMap } from "../../../airgap/plugins/framework/provider";
import { ask, type ServedProvider, serveForTest } from "../../unit/airgap/plugins/plugin-client";
import { createAwsProvider } from "./plugin/provider";

/** A resource as the engine would keep it. */
export interface Kept {
  readonly type: string;
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly outputs: PropertyMap;
}

/** Calls the test-only `aws` plugin as the engine does, over its protocol. */
export class PluginDriver {
  private constructor(private readonly served: ServedProvider) {}

  static async start(): Promise<PluginDriver> {
    return new PluginDriver(await serveForTest(createAwsProvider()));
  }

  close(): void {
    this.served.close();
  }

  /** Provider arguments; all but texts go as JSON, as the SDK sends them. */
  async configure(args: Record<string, unknown>): Promise<void> {
    const texts = Object.entries(args).map(([name, value]) => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    const request = new ConfigureRequest().setArgs(encodeProperties(Object.fromEntries(texts)));
    await ask(this.served, calls.configure, request);
  }

  /** Checked inputs; rejects with all refusals as text. */
  async check(type: string, inputs: PropertyMap): Promise<PropertyMap> {
    const request = new CheckRequest().setUrn(urn(type)).setNews(encodeProperties(inputs));
    const response = await ask(this.served, calls.check, request);
    const failures = response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    if (failures.length > 0) {
      throw new Error(failures.join("\n"));
    }
    return decodeProperties(response.getInputs());
  }

  async create(type: string, given: PropertyMap): Promise<Kept> {
    const inputs = await this.check(type, given);
    const request = new CreateRequest().setUrn(urn(type)).setProperties(encodeProperties(inputs));
    const response = await ask(this.served, calls.create, request);
    return { type, id: response.getId(), inputs, outputs: decodeProperties(response.getProperties()) };
  }

  /** What a refresh finds; undefined when the resource is gone. */
  async read({ type, id, inputs, outputs }: Kept): Promise<Kept | undefined> {
    const request = new ReadRequest()
      .setUrn(urn(type))
      .setId(id)
      .setInputs(encodeProperties(inputs))
      .setProperties(encodeProperties(outputs));
    const found = await ask(this.served, calls.read, request);
    return found.getId() === ""
      ? undefined
      : {
          type,
          id: found.getId(),
          inputs: decodeProperties(found.getInputs()),
          outputs: decodeProperties(found.getProperties()),
        };
  }

  /** Inputs that would change, and those of them that ask for a new resource. */
  async diff(kept: Kept, given: PropertyMap): Promise<{ changed: string[]; replaces: string[] }> {
    const request = new DiffRequest()
      .setUrn(urn(kept.type))
      .setId(kept.id)
      .setOlds(encodeProperties(kept.outputs))
      .setOldInputs(encodeProperties(kept.inputs))
      .setNews(encodeProperties(await this.check(kept.type, given)));
    const response = await ask(this.served, calls.diff, request);
    return { changed: response.getDiffsList(), replaces: response.getReplacesList() };
  }

  async update(kept: Kept, given: PropertyMap): Promise<Kept> {
    const inputs = await this.check(kept.type, given);
    const request = new UpdateRequest()
      .setUrn(urn(kept.type))
      .setId(kept.id)
      .setOlds(encodeProperties(kept.outputs))
      .setOldInputs(encodeProperties(kept.inputs))
      .setNews(encodeProperties(inputs));
    const response = await ask(this.served, calls.update, request);
    return { ...kept, inputs, outputs: decodeProperties(response.getProperties()) };
  }

  async delete({ type, id, inputs, outputs }: Kept): Promise<void> {
    const request = new DeleteRequest()
      .setUrn(urn(type))
      .setId(id)
      .setOldInputs(encodeProperties(inputs))
      .setProperties(encodeProperties(outputs));
    await ask(this.served, calls.delete, request);
  }

  async invoke(token: string, args: PropertyMap): Promise<PropertyMap> {
    const request = new InvokeRequest().setTok(token).setArgs(encodeProperties(args));
    const response = await ask(this.served, calls.invoke, request);
    const failures = response.getFailuresList().map((failure) => `${failure.getProperty()}: ${failure.getReason()}`);
    if (failures.length > 0) {
      throw new Error(failures.join("\n"));
    }
    return decodeProperties(response.getReturn());
  }
}

/** Stack of the resources that drivers of this process make. */
export const DRIVER_STACK = `test-${randomBytes(4).toString("hex")}`;

function urn(type: string): string {
  return `urn:pulumi:${DRIVER_STACK}::project::${type}::thing`;
}
