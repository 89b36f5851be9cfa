import { type Metadata, status } from "@grpc/grpc-js";
import { ResourceProviderService as calls } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  ConfigureRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  ErrorResourceInitFailed,
  GetSchemaRequest,
  InvokeRequest,
  ProviderHandshakeRequest,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  PartialFailure,
  type Provider,
  type ResourceHandler,
  UNKNOWN,
} from "../../../../airgap/plugins/framework/provider";
import { ask, type ServedProvider, serveForTest } from "./plugin-client";

const URN = "urn:pulumi:stack::project::a:b:C$test:index:Thing::name";
const SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What was deleted, and with which client. */
let deleted: unknown[] = [];

const thing: ResourceHandler<string> = {
  inputs: ["mode", "size"],
  diff: (old, inputs) => ({
    changed: old.inputs["size"] === inputs["size"] ? [] : ["size"],
    replaces: [],
    deleteBeforeReplace: false,
  }),
  preview: (inputs) => ({ ...inputs, made: UNKNOWN }),
  async create(client, inputs, context) {
    context.status("first");
    context.log("warning", "second");
    if (inputs["mode"] === "half") {
      throw new PartialFailure("made but not started", { id: "half", properties: { size: 1 } });
    }
    if (inputs["mode"] === "slow") {
      await new Promise((_resolve, reject) => {
        context.signal.addEventListener("abort", () => reject(context.signal.reason));
      });
    }
    return { id: "made", properties: { ...inputs, made: `by ${client}` } };
  },
  read: async (_client, old) => (old.id === "gone" ? undefined : old),
  async delete(client, old) {
    deleted.push({ client, ...old });
  },
};

const provider: Provider<string> = {
  name: "test",
  version: "1.2.3",
  configuration: ["host"],
  async configure({ host }) {
    if (host === "dead") {
      throw new Error("no answer from dead");
    }
    return String(host);
  },
  resources: { "test:index:Thing": thing },
  functions: { "test:index:double": { inputs: ["n"], call: async (_client, { n }) => ({ twice: Number(n) * 2 }) } },
};

let served: ServedProvider;
beforeEach(async () => {
  deleted = [];
  served = await serveForTest(provider);
});
afterEach(() => served.close());

const struct = Struct.fromJavaScript;
const configure = (args: Record<string, string>) =>
  ask(served, calls.configure, new ConfigureRequest().setArgs(struct(args)));
const create = (properties: Record<string, string | number>, timeout = 0) =>
  ask(served, calls.create, new CreateRequest().setUrn(URN).setProperties(struct(properties)).setTimeout(timeout));

describe("Check", () => {
  it("refuses an input that is not implemented, by name and type, and lists what is", async () => {
    const request = new CheckRequest().setUrn(URN).setNews(struct({ size: 1, colour: "red" }));
    const response = await ask(served, calls.check, request);
    const [failure, ...others] = response.getFailuresList();
    expect(others).toEqual([]);
    expect(failure?.getProperty()).toBe("colour");
    expect(failure?.getReason()).toMatch(
      /air-gapped plugin does not implement.*"colour" of test:index:Thing.*mode, size/,
    );
  });

  it("refuses a resource type that is not implemented", async () => {
    const request = new CheckRequest().setUrn("urn:pulumi:s::p::test:index:Other::n").setNews(struct({}));
    await expect(ask(served, calls.check, request)).rejects.toThrow(/test:index:Other.*test:index:Thing/);
  });
});

describe("provider configuration", () => {
  it("refuses arguments that are not implemented, and keeps the engine's own", async () => {
    const news = struct({ host: "h", ca: "x", version: "1.2.3" });
    const response = await ask(served, calls.checkConfig, new CheckRequest().setNews(news));
    expect(response.getFailuresList().map((failure) => failure.getProperty())).toEqual(["ca"]);
    expect(response.getInputs()?.toJavaScript()).toEqual(news.toJavaScript());
  });

  it("updates the provider when an argument changes, and never replaces it", async () => {
    const request = new DiffRequest().setOldInputs(struct({ host: "a" })).setNews(struct({ host: "b" }));
    const response = await ask(served, calls.diffConfig, request);
    expect(response.getDiffsList()).toEqual(["host"]);
    expect(response.getReplacesList()).toEqual([]);
  });

  it("shows the error of a failed configuration as it is", async () => {
    await expect(configure({ host: "dead" })).rejects.toThrow("no answer from dead");
  });

  it("puts unknown arguments off: previews go on, real work is refused", async () => {
    await configure({ host: SENTINEL });
    const preview = new CreateRequest()
      .setUrn(URN)
      .setPreview(true)
      .setProperties(struct({ size: 1 }));
    const response = await ask(served, calls.create, preview);
    expect(response.getProperties()?.toJavaScript()).toEqual({ size: 1, made: SENTINEL });
    await expect(create({ size: 1 })).rejects.toThrow(/test has no connection yet/);
  });
});

describe("resources", () => {
  beforeEach(() => configure({ host: "h" }));

  it("creates with the configured client", async () => {
    const response = await create({ size: 1 });
    expect(response.getId()).toBe("made");
    expect(response.getProperties()?.toJavaScript()).toEqual({ size: 1, made: "by h" });
  });

  it("hands log lines over in order, before the answer", async () => {
    await create({ size: 1 });
    const lines = served.lines.map((line) => [line.getMessage(), line.getEphemeral(), line.getUrn()]);
    expect(lines).toEqual([
      ["first", true, URN],
      ["second", false, URN],
    ]);
  });

  it("sends a half-made resource along with its error, so that the engine keeps it", async () => {
    const error = await create({ mode: "half" }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: status.UNKNOWN, details: "made but not started" });
    const [header] = (error as { metadata: Metadata }).metadata.get("grpc-status-details-bin");
    const [details] = Status.deserializeBinary(header as Buffer).getDetailsList();
    const failure = details?.unpack(ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
    expect(failure?.getId()).toBe("half");
    expect(failure?.getProperties()?.toJavaScript()).toEqual({ size: 1 });
    expect(failure?.getReasonsList()).toEqual(["made but not started"]);
  });

  it("aborts a call that takes longer than its own timeout", async () => {
    await expect(create({ mode: "slow" }, 0.05)).rejects.toThrow(/timeout of 0.05 s/);
  });

  it("aborts every call when the engine cancels", async () => {
    const slow = create({ mode: "slow" });
    slow.catch(() => {});
    await expect.poll(() => served.lines.length).toBeGreaterThan(0);
    await ask(served, calls.cancel, new Empty());
    await expect(slow).rejects.toThrow("cancelled");
  });

  it("answers an empty id for what is gone", async () => {
    const request = (id: string) =>
      new ReadRequest()
        .setUrn(URN)
        .setId(id)
        .setProperties(struct({ size: 1 }));
    expect((await ask(served, calls.read, request("gone"))).getId()).toBe("");
    expect((await ask(served, calls.read, request("x"))).getId()).toBe("x");
  });

  it("refuses to change in place what can only be replaced", async () => {
    const request = new UpdateRequest()
      .setUrn(URN)
      .setId("x")
      .setNews(struct({ size: 2 }));
    await expect(ask(served, calls.update, request)).rejects.toThrow(/cannot be changed in place/);
  });

  it("compares old inputs with new ones", async () => {
    const request = new DiffRequest()
      .setUrn(URN)
      .setOldInputs(struct({ size: 1 }))
      .setNews(struct({ size: 2 }));
    const response = await ask(served, calls.diff, request);
    expect([response.getDiffsList(), response.getHasdetaileddiff()]).toEqual([["size"], true]);
  });

  it("deletes the resource of the request, once, with the configured client", async () => {
    const request = new DeleteRequest()
      .setUrn(URN)
      .setId("x")
      .setProperties(struct({ size: 1 }));
    await ask(served, calls.delete, request);
    expect(deleted).toEqual([{ client: "h", id: "x", properties: { size: 1 } }]);
  });
});

describe("functions", () => {
  beforeEach(() => configure({ host: "h" }));

  it("runs them", async () => {
    const request = new InvokeRequest().setTok("test:index:double").setArgs(struct({ n: 21 }));
    const response = await ask(served, calls.invoke, request);
    expect(response.getReturn()?.toJavaScript()).toEqual({ twice: 42 });
  });

  it("refuses inputs and functions that are not implemented", async () => {
    const request = new InvokeRequest().setTok("test:index:double").setArgs(struct({ n: 1, m: 1 }));
    const response = await ask(served, calls.invoke, request);
    expect(response.getFailuresList().map((failure) => failure.getProperty())).toEqual(["m"]);
    const unknown = new InvokeRequest().setTok("test:index:halve");
    await expect(ask(served, calls.invoke, unknown)).rejects.toThrow(/test:index:halve.*double/);
  });
});

describe("the rest of the protocol", () => {
  it("says that secrets are not accepted and which version it is", async () => {
    const response = await ask(served, calls.handshake, new ProviderHandshakeRequest());
    expect(response.getAcceptSecrets()).toBe(false);
    expect((await ask(served, calls.getPluginInfo, new Empty())).getVersion()).toBe("1.2.3");
  });

  it("answers unimplemented for what is left out", async () => {
    const answer = ask(served, calls.getSchema, new GetSchemaRequest());
    await expect(answer).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
  });
});
