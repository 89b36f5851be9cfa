import { expect, test } from "vitest";
import { parseState } from "../../../core/class-state/state-resource";
import { labErrorOf } from "../cli/support";

const URN = "urn:pulumi:dev::lab-nodes::lab-nodes:index:LabNode$command:remote:Command::node1-ready";

test("reads resources as `pulumi stack export` writes them, named by the end of their urn", () => {
  const resource = { urn: URN, custom: true, id: "i-1", type: "command:remote:Command", parent: "urn:x" };
  const text = JSON.stringify({
    version: 3,
    deployment: {
      manifest: { time: "2026-11-23T06:35:25Z", magic: "f0", version: "3.259.0" },
      resources: [{ ...resource, inputs: { create: "true" }, outputs: { stdout: "{}" } }],
    },
  });
  expect(parseState(text)).toEqual([
    {
      urn: URN,
      type: "command:remote:Command",
      name: "node1-ready",
      id: "i-1",
      inputs: { create: "true" },
      outputs: { stdout: "{}" },
    },
  ]);
});

test("gives components without id, inputs and outputs empty ones", () => {
  const text = JSON.stringify({ deployment: { resources: [{ urn: URN, type: "t" }] } });
  expect(parseState(text)).toMatchObject([{ id: undefined, inputs: {}, outputs: {} }]);
});

test.each([['{"version":3,"deployment":{"metadata":{}}}'], ['{"version":3,"deployment":null}'], ['{"version":3}']])(
  "finds no resources in an empty stack: %s",
  (text) => {
    expect(parseState(text)).toEqual([]);
  },
);

test("refuses a state of another form, and keeps why", () => {
  const error = labErrorOf(() => parseState('{"deployment":{"resources":[{"type":"t"}]}}'));
  expect(error.message).toBe("The state of this stack has a form that this version does not know.");
  expect(String(error.cause)).toContain("urn");
});
