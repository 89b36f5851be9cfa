import { describe, expect, test } from "vitest";
import type { KnownSeat } from "../../../core/class-state/known-seats";
import { stateResource } from "../../../core/class-state/state-resource";
import { endOf, versionsOf } from "../../../portal/server/class-facts";
import { labVersion } from "../../../portal/server/class-record";
import { lessonVersion } from "../../../portal/server/portal-lesson";

const NOW = new Date("2026-11-23T12:00:00Z");

function machine(name: string, created: string) {
  return stateResource({
    urn: `urn:pulumi:dev::lab-nodes::docker:index/container:Container::${name}`,
    type: "m",
    id: "i",
    created,
  });
}

describe("the end of a class", () => {
  const machines = [machine("seat02-node1", "2026-11-23T11:00:00Z"), machine("seat01-node1", "2026-11-23T10:30:00Z")];
  const names = ["seat01-node1", "seat02-node1"];

  test("is none where machines never end", () => {
    expect(endOf({ target: "local" }, names, machines, NOW)).toBeUndefined();
  });

  test("is the time that was set, or the later one that it was given", () => {
    const expires = "2026-11-23T18:00Z";
    expect(endOf({ target: "aws", expires }, names, machines, NOW)).toEqual({
      at: "2026-11-23T18:00:00Z",
      precision: "exact",
    });
    expect(endOf({ target: "aws", expires, extended: "2026-11-23T20:00Z" }, names, machines, NOW)).toEqual({
      at: "2026-11-23T20:00:00Z",
      precision: "exact",
    });
  });

  test("of machines that last for some time is about that of the first one; others in the stack do not count", () => {
    const other = machine("seat01-node1-ready", "2026-11-23T01:00:00Z");
    expect(endOf({ target: "aws", expires: "8h" }, names, [other, ...machines], NOW)).toEqual({
      at: "2026-11-23T18:30:00.000Z",
      precision: "about",
    });
    expect(endOf({ target: "aws", expires: "8h" }, names, [], NOW)).toBeUndefined();
  });
});

test("versions are as the gates found them, each with its seats", () => {
  const seat = (name: string, docker?: string) =>
    ({
      seat: name,
      ready: docker === undefined ? undefined : { docker: { server: docker }, trivy: { version: "0.74.0" } },
    }) as KnownSeat;
  expect(
    versionsOf([seat("seat01", "20.10"), seat("seat02", "28.0"), seat("seat03", "20.10"), seat("seat04")]),
  ).toEqual([
    { docker: "20.10", trivy: "0.74.0", seats: ["seat01", "seat03"] },
    { docker: "28.0", trivy: "0.74.0", seats: ["seat02"] },
  ]);
});

test("a lesson's version changes with a word of it", () => {
  const step = { id: "1", title: "One", needs: [], text: "Type this.", tasks: [] };
  expect(lessonVersion([step])).toMatch(/^[0-9a-f]{12}$/);
  expect(lessonVersion([{ ...step, text: "Type that." }])).not.toBe(lessonVersion([step]));
  expect(labVersion()).toMatch(/^\d+\.\d+\.\d+$/);
});
