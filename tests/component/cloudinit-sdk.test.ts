import * as cloudinit from "@pulumi/cloudinit";
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";

const made: pulumi.runtime.MockResourceArgs[] = [];
const called: pulumi.runtime.MockCallArgs[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: (args) => {
      made.push(args);
      return { id: "id", state: { ...args.inputs, rendered: "text" } };
    },
    call: (args) => {
      called.push(args);
      return { ...args.inputs, rendered: "text", id: "1" };
    },
  }),
);

function resolved<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((resolve) => output.apply(resolve));
}

describe("@pulumi/cloudinit", () => {
  it("makes a Config of the official type", async () => {
    const config = new cloudinit.Config("user-data", { gzip: false, parts: [{ content: pulumi.output("x") }] });
    expect(await resolved(config.rendered)).toBe("text");
    expect(made.at(-1)).toMatchObject({
      type: "cloudinit:index/config:Config",
      name: "user-data",
      inputs: { gzip: false, parts: [{ content: "x" }] },
    });
    expect(cloudinit.Config.isInstance(config)).toBe(true);
    expect(cloudinit.Config.isInstance({})).toBe(false);
  });

  it("looks a Config up by id", async () => {
    const config = cloudinit.Config.get("known", "42");
    await resolved(config.urn);
    expect(made.at(-1)).toMatchObject({ name: "known", id: "42" });
  });

  it("calls the official function, plain and with outputs", async () => {
    const args = { parts: [{ content: "x" }] };
    expect((await cloudinit.getConfig(args)).rendered).toBe("text");
    expect(await resolved(cloudinit.getConfigOutput(args).rendered)).toBe("text");
    const token = "cloudinit:index/getConfig:getConfig";
    expect(called).toMatchObject([
      { token, inputs: args },
      { token, inputs: args },
    ]);
  });

  it("makes a provider", async () => {
    const provider = new cloudinit.Provider("own");
    await resolved(provider.urn);
    expect(made.at(-1)).toMatchObject({ type: "pulumi:providers:cloudinit", name: "own" });
    expect(cloudinit.Provider.isInstance(provider)).toBe(true);
  });
});
