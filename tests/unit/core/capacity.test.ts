import { describe, expect, test } from "vitest";
import {
  BAKED_NODE_SHARE,
  capacity,
  capacityProblems,
  type HostCapacity,
  NODE_SHARE,
  RESOURCES,
  type Resource,
  UNKNOWN_CAPACITY,
} from "../../../core/capacity";

/** Capacity for a thousand nodes, of every resource. */
const AMPLE = Object.fromEntries(
  RESOURCES.map((resource) => [resource, { limit: 1000 * NODE_SHARE[resource] + 300e6, used: 0 }]),
) as HostCapacity;

/** Ample capacity, but of one resource just enough for `nodes`, beside what something else uses. */
function hostWith(nodes: number, resource: Resource, less = 0): HostCapacity {
  const used = 12_345;
  const operator = resource === "memory" ? 300e6 : 0;
  return { ...AMPLE, [resource]: { limit: used + operator + nodes * NODE_SHARE[resource] - less, used } };
}

describe("capacity", () => {
  test.each(RESOURCES)("is bound by %s where that runs out first, to the unit", (resource) => {
    expect(capacity(hostWith(7, resource), 0)).toEqual({ nodes: 7, boundBy: resource });
    expect(capacity(hostWith(7, resource, 1), 0)).toEqual({ nodes: 6, boundBy: resource });
  });

  test("counts the nodes that are running, which have what they need", () => {
    expect(capacity(hostWith(7, "disk"), 5)).toEqual({ nodes: 12, boundBy: "disk" });
  });

  test("is what is running where there is less than nothing left", () => {
    const host = { ...AMPLE, memory: { limit: 4e9, used: 3.9e9 } };
    expect(capacity(host, 5)).toEqual({ nodes: 5, boundBy: "memory" });
  });

  test("goes by what is seen alone, and is unknown where nothing is", () => {
    expect(capacity({ ...UNKNOWN_CAPACITY, addresses: { limit: 253, used: 3 } }, 0)).toEqual({
      nodes: 250,
      boundBy: "addresses",
    });
    expect(capacity(UNKNOWN_CAPACITY, 3)).toBeUndefined();
  });
});

describe("capacityProblems", () => {
  test("are none for as many as fit, and name the number that fits for one more", () => {
    const host = { ...AMPLE, disk: { limit: 10e9, used: 6e9 } };
    expect(capacityProblems(3, 0, host)).toEqual([]);
    expect(capacityProblems(4, 0, host)).toEqual([
      "seats: no capacity for 4: 4 new nodes need 5.2 GB of disk, 4.0 GB of disk are free; 3 would fit. To increase it: Find what uses the disk: docker system df; to create the class anyway, run ./lab up --force",
    ]);
  });

  test("say what to type where a limit of the kernel binds", () => {
    const host = { ...AMPLE, "inotify instances": { limit: 128, used: 28 } };
    expect(capacityProblems(20, 2, host)).toEqual([
      "seats: no capacity for 20: 18 new nodes need 108 inotify instances, 100 inotify instances are free; 18 would fit. " +
        "To increase it: sudo sysctl fs.inotify.max_user_instances=256; to create the class anyway, run ./lab up --force",
    ]);
  });

  test("are none for a class that exists, however little is left", () => {
    const host = { ...AMPLE, memory: { limit: 4e9, used: 4e9 } };
    expect(capacityProblems(5, 5, host)).toEqual([]);
    expect(capacityProblems(2, 5, host)).toEqual([]);
    expect(capacityProblems(6, 5, host)[0]).toContain("5 would fit");
  });

  test("count what is asked for by what such a node takes", () => {
    const host = { ...AMPLE, disk: { limit: 10e9, used: 9e9 } };
    expect(capacityProblems(3, 0, host, BAKED_NODE_SHARE)).toEqual([]);
    expect(capacityProblems(4, 0, host, BAKED_NODE_SHARE)[0]).toContain("4 new nodes need 1.1 GB of disk, 1.0 GB");
  });

  test("are none where nothing is to be seen", () => {
    expect(capacityProblems(200, 0, UNKNOWN_CAPACITY)).toEqual([]);
  });
});
