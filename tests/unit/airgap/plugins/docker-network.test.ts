import { describe, expect, it } from "vitest";
import { EngineError } from "../../../../airgap/plugins/docker/connection/engine";
import { network, networkBody, observeNetwork } from "../../../../airgap/plugins/docker/networks-and-volumes";
import type { CallContext, PropertyMap } from "../../../../airgap/plugins/framework/provider";
import { scripted } from "./docker-fake-engine";

const context: CallContext = { urn: "", signal: AbortSignal.timeout(10_000), log: () => {}, status: () => {} };
const old = { id: "c0ffee", properties: { name: "own" } };

const found = {
  Name: "own",
  Id: "c0ffee",
  Driver: "bridge",
  Scope: "local",
  Internal: false,
  Options: null,
  Labels: { b: "2", a: "1" },
  IPAM: { Driver: "default", Config: [{ Subnet: "172.18.0.0/16", Gateway: "172.18.0.1" }] },
};

describe("network", () => {
  it("is made under one name once", () => {
    expect(networkBody({ name: "own" })).toEqual({ Name: "own", CheckDuplicate: true });
    const inputs: PropertyMap = { name: "own", labels: [{ label: "a", value: "1" }] };
    expect(networkBody(inputs)).toEqual({ Name: "own", CheckDuplicate: true, Labels: { a: "1" } });
  });

  it("reads the Engine's answer", () => {
    expect(observeNetwork(found as unknown as Parameters<typeof observeNetwork>[0])).toEqual({
      name: "own",
      driver: "bridge",
      internal: false,
      scope: "local",
      options: {},
      labels: [
        { label: "a", value: "1" },
        { label: "b", value: "2" },
      ],
      ipamConfigs: [{ subnet: "172.18.0.0/16", gateway: "172.18.0.1" }],
    });
  });

  it("is known by its id, with what the Engine chose for it", async () => {
    const { engine, requests } = scripted({ Id: "c0ffee" }, found);
    const made = await network.create(engine, { name: "own" }, context);
    expect(made).toMatchObject({ id: "c0ffee", properties: { name: "own", driver: "bridge" } });
    expect(requests).toEqual(["POST /networks/create", "GET /networks/c0ffee"]);
  });

  it("that is gone is not read, and its deletion is done", async () => {
    const gone = () => scripted(new EngineError("no such network", 404)).engine;
    expect(await network.read?.(gone(), { ...old, inputs: { name: "own" } }, context)).toBeUndefined();
    await network.delete?.(gone(), old, context);
  });

  it("is removed once the last container has left it; any other error is one", async () => {
    const busy = new EngineError("error while removing network: network own has active endpoints", 403);
    const { engine, requests } = scripted(busy, busy, undefined);
    await network.delete?.(engine, old, context);
    expect(requests).toEqual(Array(3).fill("DELETE /networks/c0ffee"));
    const failing = scripted(new EngineError("the disk is full", 500)).engine;
    await expect(network.delete?.(failing, old, context)).rejects.toThrow("the disk is full");
  });

  it("makes a new one for every change, and removes the old one first when the name stays", () => {
    const diff = (inputs: PropertyMap) => network.diff({ ...old, inputs: { name: "own" } }, inputs);
    expect(diff({ name: "own" }).changed).toEqual([]);
    const labelled = diff({ name: "own", labels: [{ label: "a", value: "1" }] });
    expect(labelled).toMatchObject({ replaces: ["labels"], deleteBeforeReplace: true });
    expect(diff({ name: "other" })).toMatchObject({ replaces: ["name"], deleteBeforeReplace: false });
  });

  it("asks for a name", () => {
    expect(network.check?.({}).failures).toMatchObject([{ property: "name" }]);
    expect(network.check?.({ name: "a", labels: [{ label: "a", value: "b", extra: 1 }] }).failures).toMatchObject([
      { property: "labels[0].extra" },
    ]);
  });
});
