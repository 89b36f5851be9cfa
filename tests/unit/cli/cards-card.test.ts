import { describe, expect, test } from "vitest";
import { cardsOf } from "../../../cli/workflows/cards/card";
import { chooseCards } from "../../../cli/workflows/cards/index";
import { plainText, type StateResource } from "../../../core/class-state/state-resource";
import { labErrorOf } from "./support";

/** A secret as a state with its secrets shown has it. */
function shown(text: string) {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: JSON.stringify(text) };
}

function resource(name: string, parts: Partial<StateResource>): StateResource {
  return {
    urn: `urn:pulumi:dev::lab-nodes::t::${name}`,
    type: "t",
    name,
    id: `${name}-id`,
    inputs: {},
    outputs: {},
    madeOn: undefined,
    ...parts,
  };
}

/** Resources of a seat that is ready. */
function seatResources(seat: string, port: number, node = `${seat}-node1`): StateResource[] {
  return [
    resource(node, {
      type: "lab-nodes:index:LabNode",
      id: undefined,
      outputs: { seat, ssh: { host: "127.0.0.1", port, user: "root" } },
    }),
    resource(`${node}-ready`, { outputs: { stdout: "" } }),
    resource(`${node}-host-key`, { outputs: { publicKeyFingerprintSha256: `SHA256:of-${node}` } }),
    resource(`${node}-student-key`, { outputs: { privateKeyOpenssh: shown(`key of ${node}\n`) } }),
    resource(`${node}-student-password`, { inputs: { stdin: shown(`password-of-${node}`) } }),
  ];
}

function without(resources: readonly StateResource[], name: string): StateResource[] {
  const rest = resources.filter((candidate) => candidate.name !== name);
  expect(rest).toHaveLength(resources.length - 1);
  return rest;
}

describe("cardsOf", () => {
  test("has of each seat its own", () => {
    const { cards, without: none } = cardsOf([...seatResources("seat02", 2202), ...seatResources("seat01", 2201)], {});
    expect(none).toEqual([]);
    expect(cards).toEqual(
      [1, 2].map((number) => ({
        seat: `seat0${number}`,
        host: "127.0.0.1",
        port: 2200 + number,
        password: `password-of-seat0${number}-node1`,
        privateKey: `key of seat0${number}-node1\n`,
        fingerprint: `SHA256:of-seat0${number}-node1`,
      })),
    );
  });

  test("follows a seat that has moved to another node", () => {
    const { cards } = cardsOf(seatResources("spare01", 2203), { seat01: "spare01" });
    expect(cards).toMatchObject([{ seat: "seat01", port: 2203, password: "password-of-spare01-node1" }]);
  });

  test("has no password where there is none", () => {
    const resources = [
      ...without(seatResources("seat01", 2201), "seat01-node1-student-password"),
      resource("seat01-node1-student-password", { inputs: { stdin: shown("") } }),
    ];
    expect(cardsOf(resources, {}).cards).toMatchObject([{ password: undefined }]);
  });

  test.each(["seat01-node1-host-key", "seat01-node1-student-password"])("leaves a seat without %s out", (name) => {
    const { cards, without: left } = cardsOf(
      [...without(seatResources("seat01", 2201), name), ...seatResources("seat02", 2202)],
      {},
    );
    expect(cards.map(({ seat }) => seat)).toEqual(["seat02"]);
    expect(left).toEqual([{ seat: "seat01", reason: "is not ready" }]);
  });

  test("says of a seat made by an earlier version that it has to be recreated", () => {
    const { without: left } = cardsOf(without(seatResources("seat01", 2201), "seat01-node1-student-key"), {});
    expect(left).toEqual([{ seat: "seat01", reason: expect.stringContaining("run ./lab up to recreate it") }]);
  });
});

describe("chooseCards", () => {
  const CLASS = [...seatResources("seat01", 2201), ...seatResources("seat02", 2202)];

  test.each(["seat02", "2", "seat02-node1"])("takes %s alone", (name) => {
    expect(chooseCards(CLASS, { seat: name, moved: {}, stack: "dev" }).cards.map(({ seat }) => seat)).toEqual([
      "seat02",
    ]);
  });

  test("tells nothing of the others where one is asked for", () => {
    const resources = without(CLASS, "seat01-node1-student-password");
    expect(chooseCards(resources, { seat: "seat02", moved: {}, stack: "dev" }).without).toEqual([]);
  });

  test("refuses a seat that is not there, as wrong usage, and names those that are", () => {
    const { message, hint, exitCode } = labErrorOf(() =>
      chooseCards(CLASS, { seat: "seat09", moved: {}, stack: "dev" }),
    );
    expect([message, hint, exitCode]).toEqual(['There is no seat "seat09".', "Seats: seat01, seat02.", 2]);
  });

  test("fails where no card can be made, with the reason and what to type", () => {
    const resources = without(seatResources("seat01", 2201), "seat01-node1-student-password");
    const { message, hint, exitCode } = labErrorOf(() =>
      chooseCards(resources, { seat: undefined, moved: {}, stack: "spring" }),
    );
    expect([message, exitCode]).toEqual(["No card can be made: seat01 is not ready.", 1]);
    expect(hint).toContain("./lab up --stack spring");
  });

  test("fails for a lab that is down", () => {
    expect(labErrorOf(() => chooseCards([], { seat: undefined, moved: {}, stack: "dev" })).message).toContain(
      "it is down",
    );
  });
});

describe("plainText", () => {
  test.each([
    ["open", "open"],
    [shown('quo"ted\n'), 'quo"ted\n'],
    [shown(""), ""],
  ])("reads %j", (value, text) => {
    expect(plainText(value)).toBe(text);
  });

  test.each([
    [undefined],
    [{ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:abc" }],
    [shown("x").plaintext.length],
  ])("refuses %j", (value) => {
    expect(() => plainText(value)).toThrow(/a text was expected/);
  });
});
