import { describe, expect, it } from "vitest";
import { EngineError } from "../../../../airgap/plugins/docker/connection/engine";
import { observeVolume, volume, volumeBody } from "../../../../airgap/plugins/docker/networks-and-volumes";
import type { CallContext, PropertyMap } from "../../../../airgap/plugins/framework/provider";
import { scripted } from "./docker-fake-engine";

const context: CallContext = { urn: "", signal: AbortSignal.timeout(10_000), log: () => {}, status: () => {} };
const old = { id: "data", properties: { name: "data" } };

const found = {
  Name: "data",
  Driver: "local",
  Mountpoint: "/m",
  Labels: { b: "2", a: "1" },
  Options: null,
  Scope: "local",
};

describe("volume", () => {
  it("asks for what the inputs say, and no more", () => {
    expect(volumeBody({ name: "data" })).toEqual({ Name: "data" });
    const inputs: PropertyMap = {
      name: "data",
      driver: "local",
      driverOpts: { type: "tmpfs" },
      labels: [{ label: "a", value: "1" }],
    };
    expect(volumeBody(inputs)).toEqual({
      Name: "data",
      Driver: "local",
      DriverOpts: { type: "tmpfs" },
      Labels: { a: "1" },
    });
  });

  it("reads the Engine's answer", () => {
    expect(observeVolume({ ...found, Scope: "local" } as unknown as Parameters<typeof observeVolume>[0])).toEqual({
      name: "data",
      driver: "local",
      driverOpts: {},
      labels: [
        { label: "a", value: "1" },
        { label: "b", value: "2" },
      ],
      mountpoint: "/m",
    });
  });

  it("is known by its name, with what the Engine's answer to its creation says", async () => {
    const { engine, requests } = scripted(found, new EngineError("the Engine has stopped", 500));
    const made = await volume.create(engine, { name: "data" }, context);
    expect(made).toMatchObject({ id: "data", properties: { name: "data", driver: "local", mountpoint: "/m" } });
    expect(requests).toEqual(["POST /volumes/create"]);
  });

  it("waits while a container that is being removed still holds it", async () => {
    const { engine, requests } = scripted(new EngineError("volume is in use", 409), undefined);
    await volume.delete(engine, old, context);
    expect(requests).toEqual(["DELETE /volumes/data", "DELETE /volumes/data"]);
  });

  it("takes one that is gone for removed, and tells every other trouble", async () => {
    await volume.delete(scripted(new EngineError("no such volume", 404)).engine, old, context);
    await expect(volume.delete(scripted(new EngineError("driver failed", 500)).engine, old, context)).rejects.toThrow(
      "driver failed",
    );
  });

  it("drops one that is gone from the state", async () => {
    const { engine } = scripted(new EngineError("no such volume", 404));
    expect(await volume.read(engine, { ...old, inputs: {} }, context)).toBeUndefined();
    const there = await volume.read(scripted(found).engine, { ...old, inputs: { name: "data" } }, context);
    expect(there).toMatchObject({ id: "data", inputs: { name: "data" }, properties: { mountpoint: "/m" } });
  });

  it("makes a new one for every change, and removes the old one first when the name stays", () => {
    const diff = (inputs: PropertyMap) => volume.diff({ ...old, inputs: { name: "data" } }, inputs);
    expect(diff({ name: "data" }).changed).toEqual([]);
    expect(diff({ name: "data", driver: "x" })).toMatchObject({ replaces: ["driver"], deleteBeforeReplace: true });
    expect(diff({ name: "other" })).toMatchObject({ replaces: ["name"], deleteBeforeReplace: false });
  });

  it("asks for a name", () => {
    expect(volume.check?.({}).failures).toMatchObject([{ property: "name" }]);
    expect(volume.check?.({ name: "a", labels: [{ label: "a", value: "b", extra: 1 }] }).failures).toMatchObject([
      { property: "labels[0].extra" },
    ]);
  });
});
