import { describe, expect, test } from "vitest";
import { replacementArguments } from "../../../core/class-state/replace-seats";
import type { StateResource } from "../../../core/class-state/state-resource";

function resource(type: string, name: string, id?: string): StateResource {
  const outputs = type.endsWith("LabNode") ? { seat: name.split("-")[0] } : {};
  return { urn: `urn:${type}::${name}`, type, name, id, inputs: {}, outputs, madeOn: undefined };
}

const STATE = ["seat01-node1", "seat02-node1"].flatMap((node) => [
  resource("lab-nodes:index:LabNode", node),
  resource("docker:index/container:Container", node, "id"),
  resource("docker:index/volume:Volume", `${node}-docker-data`, "id"),
  resource("command:remote:Command", `${node}-ready`, "id"),
]);

describe("replacementArguments", () => {
  test("name the machine and its disk, and nothing that follows it by itself", () => {
    expect(replacementArguments(STATE, {}, ["seat02"])).toEqual([
      "--replace",
      "urn:docker:index/container:Container::seat02-node1",
      "--replace",
      "urn:docker:index/volume:Volume::seat02-node1-docker-data",
    ]);
  });

  test("take the machine that a seat has moved to", () => {
    const state = ["seat01-node1", "spare01-node1"].map((node) => resource("lab-nodes:index:LabNode", node));
    const machines = [...state, resource("docker:index/container:Container", "spare01-node1", "id")];
    expect(replacementArguments(machines, { seat02: "spare01" }, ["seat02"])).toEqual([
      "--replace",
      "urn:docker:index/container:Container::spare01-node1",
    ]);
  });

  test("take several seats", () => {
    expect(replacementArguments(STATE, {}, ["1", "seat02"])).toHaveLength(8);
  });

  test.each([
    [STATE, "The seats are: seat01, seat02."],
    [[], "The lab is down. Run ./lab up to create it."],
  ])("refuse a seat that is none", (state, hint) => {
    expect(() => replacementArguments(state, {}, ["seat09"])).toThrow(expect.objectContaining({ exitCode: 2, hint }));
  });
});
