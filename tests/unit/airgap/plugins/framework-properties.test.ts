import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { describe, expect, it } from "vitest";
import {
  decodeConfiguration,
  decodeProperties,
  encodeProperties,
} from "../../../../airgap/plugins/framework/properties";
import { UNKNOWN } from "../../../../airgap/plugins/framework/provider";
import { containsUnknown } from "../../../../airgap/plugins/framework/values";

const SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("property encoding", () => {
  it("turns the engine's unknown sentinel into UNKNOWN and back, at any depth", () => {
    const struct = Struct.fromJavaScript({ plain: "x", deep: { list: [1, SENTINEL] } });
    const decoded = decodeProperties(struct);
    expect(decoded).toEqual({ plain: "x", deep: { list: [1, UNKNOWN] } });
    expect(encodeProperties(decoded).toJavaScript()).toEqual({ plain: "x", deep: { list: [1, SENTINEL] } });
  });

  it("leaves the engine's bookkeeping out, at any depth", () => {
    const struct = Struct.fromJavaScript({ __internal: {}, a: { __defaults: ["b"], b: 1 }, __meta: "{}" });
    expect(decodeProperties(struct)).toEqual({ a: { b: 1 } });
  });

  it("takes no message for no properties", () => {
    expect(decodeProperties(undefined)).toEqual({});
  });

  it("finds unknown values wherever they are", () => {
    expect(containsUnknown({ a: [{ b: UNKNOWN }] })).toBe(true);
    expect(containsUnknown({ a: [{ b: null }] })).toBe(false);
  });
});

describe("provider configuration", () => {
  it("parses arguments that come as JSON text, and drops the engine's version", () => {
    const struct = Struct.fromJavaScript({ host: "ssh://a", sshOpts: '["-i","k"]', version: "5.2.0" });
    expect(decodeConfiguration(struct)).toEqual({ host: "ssh://a", sshOpts: ["-i", "k"] });
  });

  it("takes JSON text with something unknown inside as unknown", () => {
    expect(decodeConfiguration(Struct.fromJavaScript({ sshOpts: `["-i","${SENTINEL}"]` }))).toEqual({
      sshOpts: UNKNOWN,
    });
  });

  it("keeps text that only looks like JSON", () => {
    expect(decodeConfiguration(Struct.fromJavaScript({ host: "[::1]:2375" }))).toEqual({ host: "[::1]:2375" });
  });
});
