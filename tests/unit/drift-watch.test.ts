import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect, test } from "vitest";
import { DriftWatch } from "../../cli/drift/drift-watch";
import type { AskImages } from "../../cli/drift/node-images";
import { type StateResource, stateResource } from "../../cli/pulumi/state";

const ID = `sha256:${"a".repeat(64)}`;
const NODE = "lab-nodes:index:LabNode";
const IMAGE = "docker:index/image:Image";

const urnOf = (type: string, name: string) => `urn:pulumi:dev::lab-nodes::${type}::${name}`;

function event(kind: "resourcePreEvent" | "resOutputsEvent", op: string, type: string, name: string): EngineEvent {
  const urn = urnOf(type, name);
  const ssh = { host: "127.0.0.1", port: 2201, user: "root" };
  const state = { urn, type, outputs: type === NODE ? { ssh } : {} };
  return { sequence: 0, timestamp: 0, [kind]: { metadata: { op, urn, type, old: state, new: state } } } as EngineEvent;
}

function stateOf(node: string): StateResource[] {
  const image = stateResource({ urn: urnOf(IMAGE, `${node}-figlet`), type: IMAGE });
  return [
    stateResource({ urn: urnOf(NODE, node), type: NODE }),
    { ...image, inputs: { imageName: "figlet:latest" }, outputs: { repoDigest: ID } },
  ];
}

/** What pulumi tells of a class whose images it treats in one way. */
function run(watch: DriftWatch, node: string, opOfNode: string, opOfImage: string): void {
  watch.take(event("resourcePreEvent", opOfNode, NODE, node));
  watch.take(event("resOutputsEvent", opOfNode, NODE, node));
  watch.take(event("resOutputsEvent", opOfImage, IMAGE, `${node}-figlet`));
}

const never: AskImages = () => new Promise(() => {});

test("a node that pulumi knows is asked once, where it was reached before, and drift has its seat's name", async () => {
  const asked: string[] = [];
  const watch = new DriftWatch(
    async ({ node, ssh }) => {
      asked.push(`${node} ${ssh.port}`);
      return new Map();
    },
    { seat02: "spare01" },
  );
  run(watch, "spare01-node1", "same", "same");
  watch.take(event("resourcePreEvent", "same", NODE, "spare01-node1"));
  expect(await watch.result(stateOf("spare01-node1"))).toEqual([
    { seat: "seat02", drift: [expect.objectContaining({ image: "figlet:latest", kind: "removed" })] },
  ]);
  expect(asked).toEqual(["spare01-node1 2201"]);
});

test("a node whose images are as they were is not in the result", async () => {
  const watch = new DriftWatch(async () => new Map([["figlet:latest", ID]]), {});
  run(watch, "node1", "same", "same");
  expect(await watch.result(stateOf("node1"))).toEqual([]);
});

test("a node that is being made is not asked", async () => {
  const asked: string[] = [];
  const watch = new DriftWatch(async ({ node }) => {
    asked.push(node);
    return new Map();
  }, {});
  run(watch, "node1", "create", "create");
  expect([asked, await watch.result(stateOf("node1"))]).toEqual([[], []]);
});

test("of an image that this very run made anew nothing is said, and its node is not waited for", async () => {
  const watch = new DriftWatch(never, {});
  run(watch, "node1", "same", "create-replacement");
  expect(await watch.result(stateOf("node1"))).toEqual([]);
});

test("a node that gives no answer is told, and the questions end with the watch", async () => {
  let told: AbortSignal | undefined;
  const watch = new DriftWatch(async (_, signal) => {
    told = signal;
    throw new Error("it closed the connection");
  }, {});
  run(watch, "node1", "same", "same");
  expect(await watch.result(stateOf("node1"))).toEqual([
    { seat: "seat01", drift: [], unasked: "it closed the connection" },
  ]);
  expect(told?.aborted).toBe(true);
});

test("a whole class listens for the end of the questions without a warning of a leak", async () => {
  const warnings: string[] = [];
  const warned = ({ message }: Error) => warnings.push(message);
  process.on("warning", warned);
  const watch = new DriftWatch((_, signal) => {
    signal.addEventListener("abort", () => {});
    return new Promise(() => {});
  }, {});
  for (let seat = 1; seat <= 20; seat += 1) {
    run(watch, `node${seat}`, "same", "same");
  }
  // Node.js tells of it later on.
  await new Promise(setImmediate);
  process.off("warning", warned);
  watch.stop();
  expect(warnings).toEqual([]);
});
