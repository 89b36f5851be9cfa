import { PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { describe, expect, it } from "vitest";
import { compareInputs, diffResponse, valueAt } from "../../../../airgap/plugins/framework/diff";
import { UNKNOWN } from "../../../../airgap/plugins/framework/provider";
import { equalValues } from "../../../../airgap/plugins/framework/values";

describe("compareInputs", () => {
  it("finds nothing between equal inputs, whatever the order of names, and takes null for absent", () => {
    const old = { a: { x: 1, y: [2] }, b: null };
    expect(compareInputs(old, { a: { y: [2], x: 1 }, c: null }, ["a"]).changed).toEqual([]);
  });

  it("tells changes that ask for a new resource from those that do not", () => {
    const difference = compareInputs({ a: 1, b: 1 }, { a: 2, b: 2 }, ["b"]);
    expect(difference).toEqual({ changed: ["a", "b"], replaces: ["b"], deleteBeforeReplace: false });
  });

  it("takes an unknown value for a change", () => {
    expect(equalValues("x", UNKNOWN)).toBe(false);
  });
});

describe("valueAt", () => {
  it("follows names and positions", () => {
    expect(valueAt({ ports: [{ internal: 22 }] }, "ports[0].internal")).toBe(22);
    expect(valueAt({ ports: [] }, "ports[0].internal")).toBeUndefined();
  });
});

describe("diffResponse", () => {
  it("gives each change its kind", () => {
    const difference = { changed: ["added", "gone", "moved"], replaces: ["moved"], deleteBeforeReplace: true };
    const response = diffResponse(difference, { gone: 1, moved: 1 }, { added: 1, moved: 2 });
    const kinds: Record<string, PropertyDiff.Kind> = {};
    response.getDetaileddiffMap().forEach((diff, path) => {
      kinds[path] = diff.getKind();
    });
    const { ADD, DELETE, UPDATE_REPLACE } = PropertyDiff.Kind;
    expect(kinds).toEqual({ added: ADD, gone: DELETE, moved: UPDATE_REPLACE });
    expect(response.getReplacesList()).toEqual(["moved"]);
    expect(response.getDeletebeforereplace()).toBe(true);
  });

  it("marks as a difference of the state what no input shows", () => {
    const difference = { changed: ["image"], replaces: [], deleteBeforeReplace: false };
    const response = diffResponse(difference, { image: "a" }, { image: "a" });
    expect(response.getDetaileddiffMap().get("image")?.getInputdiff()).toBe(false);
  });
});
