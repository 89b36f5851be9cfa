import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Placement } from "../../../config/hosts";
import { slotNames } from "../../../config/moves";
import { type HostLoad, placeOn } from "../../../core/placement";

const A = { host: "ssh://a", nodes: 20 };
const B = { host: "ssh://b", nodes: 10 };

function countOn(placement: Placement, host: string): number {
  return Object.values(placement).filter((each) => each === host).length;
}

describe("placeOn", () => {
  test("spreads by what each host carries", () => {
    const placement = placeOn([A, B], {}, slotNames("seat", 15));
    expect([countOn(placement, A.host), countOn(placement, B.host)]).toEqual([10, 5]);
  });

  test("gives the first seats to different hosts where they are alike", () => {
    const placement = placeOn([A, { ...A, host: "ssh://c" }], {}, ["seat01", "seat02"]);
    expect(placement).toEqual({ seat01: "ssh://a", seat02: "ssh://c" });
  });

  test("leaves a seat on a host that does not answer, and puts new ones elsewhere", () => {
    const placement = placeOn([B], { seat01: A.host }, ["seat01", "seat02"]);
    expect(placement).toEqual({ seat01: A.host, seat02: B.host });
  });

  test("spreads what is too much as well", () => {
    const placement = placeOn([A, { host: "ssh://full", nodes: 0 }], {}, slotNames("seat", 30));
    expect(countOn(placement, A.host)).toBe(30);
  });

  test("without a host nobody has a place", () => {
    expect(placeOn([], {}, ["seat01"])).toEqual({});
  });
});

const hostLoads: fc.Arbitrary<HostLoad[]> = fc
  .array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 5 })
  .map((all) => all.map((nodes, index) => ({ host: `ssh://server${index}`, nodes })));
const seats = fc.integer({ min: 1, max: 60 });
const names = (count: number) => slotNames("seat", count);

describe("whatever the hosts", () => {
  test("every place has one of them, and no host more than its capacity while another has capacity left", () => {
    fc.assert(
      fc.property(hostLoads, seats, (hosts, count) => {
        const placement = placeOn(hosts, {}, names(count));
        expect(Object.keys(placement)).toEqual(names(count));
        const over = hosts.filter(({ host, nodes }) => countOn(placement, host) > nodes);
        const free = hosts.filter(({ host, nodes }) => countOn(placement, host) < nodes);
        expect(over.length === 0 || free.length === 0).toBe(true);
      }),
    );
  });

  test("nothing moves when hosts come along, capacities change and the class grows or shrinks", () => {
    fc.assert(
      fc.property(hostLoads, hostLoads, seats, seats, (before, after, first, second) => {
        const recorded = placeOn(before, {}, names(first));
        const later = [
          ...before.map(({ host }) => ({ host, nodes: 1 })),
          ...after.map((load) => ({ ...load, host: `${load.host}-new` })),
        ];
        const placement = placeOn(later, recorded, names(second));
        for (const place of names(Math.min(first, second))) {
          expect(placement[place]).toBe(recorded[place]);
        }
        expect(Object.keys(placement)).toEqual(names(second));
      }),
    );
  });

  test("the same again gives the same", () => {
    fc.assert(
      fc.property(hostLoads, seats, (hosts, count) => {
        const once = placeOn(hosts, {}, names(count));
        expect(placeOn([...hosts].reverse(), once, names(count))).toEqual(once);
      }),
    );
  });
});
