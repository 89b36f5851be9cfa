import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../config/limits";
import { seatsOf, slotOfNode } from "../../../core/seats";

const NOBODY_MOVED = { spares: 0, moved: {} };

describe("the seats of a class", () => {
  test("are one with the plain name of its node, in a class of one", () => {
    expect(seatsOf({ seats: 1, ...NOBODY_MOVED })).toEqual([
      { index: 0, slot: "seat01", name: "seat01", node: "node1" },
    ]);
  });

  test("name the nodes of a larger class", () => {
    expect(seatsOf({ seats: 2, ...NOBODY_MOVED })).toEqual([
      { index: 0, slot: "seat01", name: "seat01", node: "seat01-node1" },
      { index: 1, slot: "seat02", name: "seat02", node: "seat02-node1" },
    ]);
  });

  test("have their own names in the largest class, and keep those of a smaller one", () => {
    const largest = seatsOf({ seats: LIMITS.seats.max, ...NOBODY_MOVED });
    expect(new Set(largest.flatMap(({ name, node }) => [name, node])).size).toBe(2 * LIMITS.seats.max);
    expect(largest.slice(0, 30)).toEqual(seatsOf({ seats: 30, ...NOBODY_MOVED }));
    expect(largest.at(-1)?.name).toBe("seat200");
  });
});

describe("spares", () => {
  test("come after the greatest possible seat, whatever the size of the class", () => {
    const spare = { index: 200, slot: "spare01", name: "spare01", node: "spare01-node1" };
    expect(seatsOf({ seats: 1, spares: 1, moved: {} })).toEqual([expect.objectContaining({ node: "node1" }), spare]);
    expect(seatsOf({ seats: 40, spares: 2, moved: {} }).slice(40)).toEqual([
      spare,
      { index: 201, slot: "spare02", name: "spare02", node: "spare02-node1" },
    ]);
  });

  test("take the name of the seat that moved to them, and the slot that it left is gone", () => {
    expect(seatsOf({ seats: 2, spares: 2, moved: { seat02: "spare01" } })).toEqual([
      { index: 0, slot: "seat01", name: "seat01", node: "seat01-node1" },
      { index: 200, slot: "spare01", name: "seat02", node: "spare01-node1" },
      { index: 201, slot: "spare02", name: "spare02", node: "spare02-node1" },
    ]);
  });

  test("can be left, too: the name goes on to the next one", () => {
    const slots = seatsOf({ seats: 2, spares: 3, moved: { seat01: "spare02", spare02: "spare01" } });
    expect(slots.map(({ slot, name }) => [slot, name])).toEqual([
      ["seat02", "seat02"],
      ["spare01", "seat01"],
      ["spare03", "spare03"],
    ]);
  });

  test("leave the name of the one node of a class of one plain", () => {
    const nodes = seatsOf({ seats: 1, spares: 1, moved: { seat01: "spare01" } });
    expect(nodes).toEqual([{ index: 200, slot: "spare01", name: "seat01", node: "spare01-node1" }]);
  });
});

test.each([
  ["node1", "seat01"],
  ["seat03-node1", "seat03"],
  ["spare01-node1", "spare01"],
])("the node %s is at the slot %s", (node, slot) => {
  expect(slotOfNode(node)).toBe(slot);
});
