import type { EngineEvent } from "@pulumi/pulumi/automation";
import { expect, test } from "vitest";
import { DriftWatch, type DriftWatchOptions } from "../../cli/drift/drift-watch";
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

/** A watch over a class that moved no seat, and of which nothing is known before pulumi tells it. */
const watchBy = (ask: AskImages, more: Partial<DriftWatchOptions> = {}) =>
  new DriftWatch({ ask, moved: {}, before: async () => [], ...more });

const PRELUDE: EngineEvent = { sequence: 0, timestamp: 0, preludeEvent: { config: {} } };

/** What the stack has of a node before pulumi begins. */
function beforeOf(node: string): StateResource[] {
  const ssh = { host: "127.0.0.1", port: 2201, user: "root" };
  return [stateResource({ urn: urnOf(NODE, node), type: NODE, outputs: { ssh } })];
}

/** Writes down who is asked; nodes have no images. */
function asking() {
  const asked: string[] = [];
  const ask: AskImages = async ({ node, ssh }) => {
    asked.push(`${node} ${ssh.port}`);
    return new Map();
  };
  return { asked, ask };
}

const never: AskImages = () => new Promise(() => {});

test("a node that pulumi knows is asked once, where it was reached before, and drift has its seat's name", async () => {
  const { asked, ask } = asking();
  const watch = watchBy(ask, { moved: { seat02: "spare01" } });
  run(watch, "spare01-node1", "same", "same");
  watch.take(event("resourcePreEvent", "same", NODE, "spare01-node1"));
  expect(await watch.result(stateOf("spare01-node1"))).toEqual([
    { seat: "seat02", drift: [expect.objectContaining({ image: "figlet:latest", kind: "removed" })] },
  ]);
  expect(asked).toEqual(["spare01-node1 2201"]);
});

test("a node whose images are as they were is not in the result", async () => {
  const watch = watchBy(async () => new Map([["figlet:latest", ID]]));
  run(watch, "node1", "same", "same");
  expect(await watch.result(stateOf("node1"))).toEqual([]);
});

test("a node that is being made is not asked", async () => {
  const { asked, ask } = asking();
  const watch = watchBy(ask);
  run(watch, "node1", "create", "create");
  expect([asked, await watch.result(stateOf("node1"))]).toEqual([[], []]);
});

test("what the stack has is asked when pulumi begins, and not again", async () => {
  const { asked, ask } = asking();
  const watch = watchBy(ask, { before: async () => beforeOf("node1") });
  watch.take(PRELUDE);
  await new Promise(setImmediate);
  expect(asked).toEqual(["node1 2201"]);
  run(watch, "node1", "same", "same");
  expect(asked).toEqual(["node1 2201"]);
  expect(await watch.result(stateOf("node1"))).toMatchObject([{ seat: "seat01", drift: [{ kind: "removed" }] }]);
});

test("the early answer of a node that does not stay as it is does not count, and is not waited for", async () => {
  for (const ask of [async () => new Map(), never]) {
    const watch = watchBy(ask, { before: async () => beforeOf("node1") });
    watch.take(PRELUDE);
    await new Promise(setImmediate);
    run(watch, "node1", "update", "same");
    expect(await watch.result(stateOf("node1"))).toEqual([]);
  }
});

test("nodes of a state that cannot be read beforehand are asked when pulumi tells of them", async () => {
  const watch = watchBy(async () => new Map(), { before: () => Promise.reject(new Error("damaged")) });
  watch.take(PRELUDE);
  await new Promise(setImmediate);
  run(watch, "node1", "same", "same");
  expect(await watch.result(stateOf("node1"))).toMatchObject([{ seat: "seat01", drift: [{ kind: "removed" }] }]);
});

test("nobody is asked once the watch has ended", async () => {
  const { asked, ask } = asking();
  const watch = watchBy(ask, { before: async () => beforeOf("node1") });
  watch.take(PRELUDE);
  watch.stop();
  await new Promise(setImmediate);
  expect(asked).toEqual([]);
});

test("of an image that this very run made anew nothing is said, and its node is not waited for", async () => {
  const watch = watchBy(never);
  run(watch, "node1", "same", "create-replacement");
  expect(await watch.result(stateOf("node1"))).toEqual([]);
});

test("a node that gives no answer is told, and the questions end with the watch", async () => {
  let told: AbortSignal | undefined;
  const watch = watchBy(async (_, signal) => {
    told = signal;
    throw new Error("it closed the connection");
  });
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
  const watch = watchBy((_, signal) => {
    signal.addEventListener("abort", () => {});
    return new Promise(() => {});
  });
  for (let seat = 1; seat <= 20; seat += 1) {
    run(watch, `node${seat}`, "same", "same");
  }
  // Node.js tells of it later on.
  await new Promise(setImmediate);
  process.off("warning", warned);
  watch.stop();
  expect(warnings).toEqual([]);
});
