import { describe, expect, test } from "vitest";
import { chooseSeat, remoteCommand } from "../../../cli/workflows/ssh";
import type { Moves } from "../../../config/moves";
import { findSeat, type KnownSeat, knownSeats } from "../../../core/class-state/known-seats";
import { type StateResource, stateResource } from "../../../core/class-state/state-resource";
import { seatsOf } from "../../../core/seats";
import { READINESS } from "../../support/readiness";
import { labErrorOf } from "../cli/support";

function resource(type: string, name: string, values: Partial<StateResource> = {}): StateResource {
  return { ...stateResource({ urn: `urn:pulumi:dev::lab-nodes::${type}::${name}`, type }), ...values };
}

function image(name: string, imageName: string): StateResource {
  return resource("docker:index/image:Image", name, { inputs: { imageName } });
}

const classOf = (seats: number) => seatsOf({ seats, spares: 0, moved: {} });

/** The state of a class, as `up` leaves it. */
function stateOf(count: number, spares = 0): StateResource[] {
  return seatsOf({ seats: count, spares, moved: {} }).flatMap(({ name, node, index }) => [
    resource("lab-nodes:index:LabNode", node, {
      outputs: { seat: name, ssh: { host: "127.0.0.1", port: 2201 + index, user: "root" } },
    }),
    resource("command:remote:Command", `${node}-ready`, { outputs: { stdout: JSON.stringify(READINESS) } }),
    image(`${node}-figlet`, "figlet"),
    image(`${node}-hello-v0.1`, "hello:v0.1"),
  ]);
}

describe("knownSeats", () => {
  test("puts together what belongs to a seat", () => {
    expect(knownSeats(stateOf(1), {})).toEqual([
      {
        seat: "seat01",
        role: "seat",
        node: "node1",
        ssh: { host: "127.0.0.1", port: 2201, user: "root" },
        ready: READINESS,
        images: ["figlet", "hello:v0.1"],
      },
    ]);
  });

  test("knows images that were pulled, and leaves out what they start from", () => {
    const state = stateOf(1).filter(({ type }) => type !== "docker:index/image:Image");
    const stdout = JSON.stringify({
      "debian:bookworm": "sha256:a",
      "hello:v0.1": "sha256:c",
      "figlet:latest": "sha256:b",
    });
    const pull = resource("command:local:Command", "node1-pulled-images", { outputs: { stdout } });
    expect(knownSeats([...state, pull], {})[0]?.images).toEqual(["figlet:latest", "hello:v0.1"]);
  });

  test("gives each seat its own, in the order of their numbers, also past 99", () => {
    const seats = knownSeats(stateOf(120).reverse(), {});
    expect(seats.map(({ seat }) => seat)).toEqual(classOf(120).map(({ name }) => name));
    expect(seats.map(({ ssh }) => ssh?.port)).toEqual(classOf(120).map(({ index }) => 2201 + index));
    expect(seats.every(({ images }) => images.length === 2)).toBe(true);
  });

  test("knows a half-made seat: no machine, no gate, no images", () => {
    expect(knownSeats([resource("lab-nodes:index:LabNode", "node1")], {})).toEqual([
      { seat: "seat01", role: "seat", node: "node1", ssh: undefined, ready: undefined, images: [] },
    ]);
  });

  test("takes what was made on another machine as not there", () => {
    const machine = resource("docker:index/container:Container", "node1", { id: "new" });
    const on = (madeOn: string) => [machine, ...stateOf(1).map((one) => ({ ...one, madeOn }))];
    expect(knownSeats(on("new"), {})).toMatchObject([{ ready: READINESS, images: ["figlet", "hello:v0.1"] }]);
    expect(knownSeats(on("old"), {})).toMatchObject([{ ready: undefined, images: [] }]);
  });

  test("takes a gate without its JSON as not passed", () => {
    const state = stateOf(1).map((one) => (one.name === "node1-ready" ? { ...one, outputs: { stdout: "" } } : one));
    expect(knownSeats(state, {})[0]?.ready).toBeUndefined();
  });
});

describe("knownSeats of a class with spares", () => {
  const rolesWith = (moved: Moves) =>
    knownSeats(stateOf(2, 2), moved).map(({ seat, role, node }) => [seat, role, node]);

  test("has them after the seats", () => {
    expect(rolesWith({})).toEqual([
      ["seat01", "seat", "seat01-node1"],
      ["seat02", "seat", "seat02-node1"],
      ["spare01", "spare", "spare01-node1"],
      ["spare02", "spare", "spare02-node1"],
    ]);
  });

  test("shows a seat where it has moved to, whatever the state says, and the place that it left by its node", () => {
    expect(rolesWith({ seat01: "spare01", spare01: "spare02" })).toEqual([
      ["seat01", "seat", "spare02-node1"],
      ["seat01-node1", "left", "seat01-node1"],
      ["seat02", "seat", "seat02-node1"],
      ["spare01-node1", "left", "spare01-node1"],
    ]);
  });

  test("finds moved seats by their names, and places that were left by their nodes", () => {
    const seats = knownSeats(stateOf(2, 1), { seat02: "spare01" });
    const nodeOf = (name: string) => findSeat(seats, name)?.node;
    expect(["seat02", "2", "spare01-node1", "seat02-node1"].map(nodeOf)).toEqual([
      "spare01-node1",
      "spare01-node1",
      "spare01-node1",
      "seat02-node1",
    ]);
    expect(["spare01", "NaN"].map(nodeOf)).toEqual([undefined, undefined]);
  });

  test("needs no name where there is one seat and a spare", () => {
    expect(findSeat(knownSeats(stateOf(1, 1), {}), undefined)?.node).toBe("node1");
  });
});

const ONE = knownSeats(stateOf(1), {});
const CLASS = knownSeats(stateOf(12), {});

describe("findSeat", () => {
  test.each([["seat03"], ["seat03-node1"], ["3"]])("finds seat03 by %s", (name) => {
    expect(findSeat(CLASS, name)?.seat).toBe("seat03");
  });

  test.each([["seat3"], ["03"], ["13"], ["node1"], ["seat"], [""]])("finds none in a class of 12 by %j", (name) => {
    expect(findSeat(CLASS, name)).toBeUndefined();
  });

  test("needs no name where there is one seat alone", () => {
    expect([findSeat(ONE, undefined)?.seat, findSeat(CLASS, undefined), findSeat([], undefined)]).toEqual([
      "seat01",
      undefined,
      undefined,
    ]);
  });
});

describe("chooseSeat", () => {
  const choose = (seats: readonly KnownSeat[], ...words: string[]) => {
    const { seat, command } = chooseSeat(seats, words, "dev");
    return [seat.seat, ...command];
  };

  test("takes the first word as a seat when it names one", () => {
    expect(choose(CLASS, "seat02", "docker", "ps")).toEqual(["seat02", "docker", "ps"]);
    expect(choose(CLASS, "2")).toEqual(["seat02"]);
    expect(choose(ONE, "node1", "docker", "ps")).toEqual(["seat01", "docker", "ps"]);
  });

  test("takes two dashes before the command for none of it, as ssh does", () => {
    expect(choose(CLASS, "seat02", "--", "docker", "ps")).toEqual(["seat02", "docker", "ps"]);
  });

  test("takes every word as the command where one seat is all there is", () => {
    expect(choose(ONE, "docker", "ps")).toEqual(["seat01", "docker", "ps"]);
    expect(choose(ONE)).toEqual(["seat01"]);
  });

  test.each([
    [CLASS, ["docker", "ps"], "Which seat? This lab has several.", 2],
    [CLASS, [], "Which seat? This lab has several.", 2],
    [CLASS, ["seat13"], 'There is no seat "seat13".', 2],
    [ONE, ["seat02", "ls"], 'There is no seat "seat02".', 2],
    [[], ["ls"], "This lab has no seats: it is down.", 1],
  ] as const)("refuses what it cannot tell", (seats, words, message, exitCode) => {
    expect(labErrorOf(() => chooseSeat(seats, words, "dev"))).toMatchObject({ message, exitCode });
  });

  test("says which seats there are", () => {
    const hintFor = (seats: readonly KnownSeat[], stack: string) => labErrorOf(() => chooseSeat(seats, [], stack)).hint;
    const two = CLASS.slice(0, 2);
    expect(hintFor(two, "dev")).toBe("This lab has: seat01, seat02. Example: ./lab ssh seat01");
    expect(hintFor(two, "monday")).toBe("This lab has: seat01, seat02. Example: ./lab ssh --stack monday seat01");
    expect(hintFor([], "monday")).toBe("Run ./lab up --stack monday to create it.");
  });
});

describe("remoteCommand", () => {
  test.each([
    [[], []],
    [["docker ps | wc -l"], ["docker ps | wc -l"]],
    [["docker", "run", "--rm", "figlet", "it's on", "$HOME"], ["docker run --rm figlet 'it'\\''s on' '$HOME'"]],
  ])("of %j", (words, expected) => {
    expect(remoteCommand(words)).toEqual(expected);
  });
});
