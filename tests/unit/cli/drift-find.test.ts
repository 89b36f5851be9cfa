import { expect, test } from "vitest";
import type { AskImages } from "../../../adapters/docker/node-images";
import { ASKED_AT_A_TIME, findDrift } from "../../../cli/workflows/up/pulumi-up";
import { knownSeats } from "../../../core/class-state/known-seats";
import { type StateResource, stateResource } from "../../../core/class-state/state-resource";

const ID = `sha256:${"a".repeat(64)}`;
const NODE = "lab-nodes:index:LabNode";
const IMAGE = "docker:index/image:Image";

/** A node that can be reached, with one image. */
function stateOf(node: string): StateResource[] {
  const ssh = { host: "127.0.0.1", port: 2201, user: "root" };
  const image = stateResource({ urn: `urn:x::${IMAGE}::${node}-figlet`, type: IMAGE });
  return [
    stateResource({ urn: `urn:x::${NODE}::${node}`, type: NODE, outputs: { ssh } }),
    { ...image, inputs: { imageName: "figlet:latest" }, outputs: { repoDigest: ID } },
  ];
}

const find = (resources: readonly StateResource[], ask: AskImages, moved = {}) =>
  findDrift(knownSeats(resources, moved), resources, ask, new AbortController().signal);

test("a seat of which an image is missing or another one is found, by the seat's name, where its node is reached", async () => {
  const asked: string[] = [];
  const drift = await find(
    [...stateOf("spare01-node1"), ...stateOf("seat01-node1")],
    async ({ node, ssh }) => {
      asked.push(`${node} ${ssh.port}`);
      return new Map(node === "seat01-node1" ? [["figlet:latest", `sha256:${"b".repeat(64)}`]] : []);
    },
    { seat02: "spare01" },
  );
  expect(drift).toEqual([
    { seat: "seat01", drift: [expect.objectContaining({ image: "figlet:latest", kind: "retagged" })] },
    { seat: "seat02", drift: [expect.objectContaining({ image: "figlet:latest", kind: "removed" })] },
  ]);
  expect(asked.sort()).toEqual(["seat01-node1 2201", "spare01-node1 2201"]);
});

test("a seat whose images are as they were is not in the result", async () => {
  expect(await find(stateOf("node1"), async () => new Map([["figlet:latest", ID]]))).toEqual([]);
});

test("a node that has no address or no image is not asked", async () => {
  const never: AskImages = () => expect.fail("asked");
  const [, image] = stateOf("node1");
  const noAddress = stateResource({ urn: `urn:x::${NODE}::node1`, type: NODE });
  const [noImages] = stateOf("node1");
  expect(await find([noAddress, image as StateResource], never)).toEqual([]);
  expect(await find([noImages as StateResource], never)).toEqual([]);
});

test("a node that gives no answer is reported, and the others are asked", async () => {
  const drift = await find([...stateOf("seat01-node1"), ...stateOf("seat02-node1")], async ({ node }) => {
    if (node === "seat01-node1") {
      throw new Error("it closed the connection");
    }
    return new Map();
  });
  expect(drift).toEqual([
    { seat: "seat01", drift: [], unasked: "it closed the connection" },
    { seat: "seat02", drift: [expect.objectContaining({ kind: "removed" })] },
  ]);
});

test("nodes are asked side by side, and not more at a time than this machine can log in to", async () => {
  const names = Array.from({ length: ASKED_AT_A_TIME + 4 }, (_, index) => `seat${index + 1}-node1`);
  let [now, most] = [0, 0];
  await find(names.flatMap(stateOf), async () => {
    now += 1;
    most = Math.max(most, now);
    await new Promise(setImmediate);
    now -= 1;
    return new Map();
  });
  expect(most).toBe(ASKED_AT_A_TIME);
});
