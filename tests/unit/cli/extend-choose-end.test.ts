import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { extendRequest } from "../../../cli/commands/extend";
import {
  chooseEnd,
  type ExtendRequest,
  extensionJson,
  renderExtension,
} from "../../../cli/workflows/extend/choose-end";
import { parseTimer } from "../../../cli/workflows/extend/seat-ends";
import { labErrorOf } from "./support";

beforeEach(() => {
  vi.stubEnv("TZ", "Europe/Berlin");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const NOW = new Date("2026-12-01T14:30:00Z");
const BEFORE = new Date("2026-12-01T17:00:00Z");

const end = (request: ExtendRequest) => chooseEnd(request, { now: NOW, before: BEFORE }).toISOString();
const refusal = (request: ExtendRequest) => labErrorOf(() => end(request));

describe("the new end of a class", () => {
  test.each([
    [{ by: "90m" }, "2026-12-01T18:30:00.000Z"],
    [{ until: "19:00" }, "2026-12-01T18:00:00.000Z"],
    [{ until: "2026-12-02T09:15" }, "2026-12-02T08:15:00.000Z"],
    [{ until: "2026-12-02 09:15:30" }, "2026-12-02T08:15:30.000Z"],
    [{ until: "2026-12-01T19:00Z" }, "2026-12-01T19:00:00.000Z"],
    [{ until: "2026-12-01T19:00-05:00" }, "2026-12-02T00:00:00.000Z"],
    // Who runs a command again after some machine did not answer means the same end.
    [{ until: "18:00" }, "2026-12-01T17:00:00.000Z"],
  ])("asked for with %j is %s", (request, expected) => {
    expect(end(request)).toBe(expected);
  });

  test.each([
    [{ until: "15:00" }, "Tue 1 Dec 2026, 15:00 CET has passed; it is Tue 1 Dec 2026, 15:30 CET now."],
    [{ until: "17:59" }, "Tue 1 Dec 2026, 17:59 CET is before the current end of the lab: Tue 1 Dec 2026, 18:00 CET."],
    [
      { until: "2027-12-01T19:00Z" },
      "Wed 1 Dec 2027, 20:00 CET is more than 30 days ahead, which is the limit for one extension.",
    ],
    [
      { until: "7pm" },
      '--until must be a time such as 18:00 (today), 2026-12-01T18:00, or with a zone 2026-12-01T18:00Z, not "7pm".',
    ],
    [{ until: "2026-13-01T19:00Z" }, expect.stringContaining('not "2026-13-01T19:00Z"')],
    [{ by: "2" }, '--by must be a duration from 1m to 30d, such as 90m or 2h, not "2".'],
    [{ by: "2026-12-01T19:00Z" }, expect.stringContaining("--by must be a duration")],
  ])("asked for with %j is refused", (request, message) => {
    const { message: said, exitCode } = refusal(request);
    expect(said).toEqual(message);
    expect(exitCode).toBe(2);
  });
});

test("an end has to be asked for, as a time or as a duration", () => {
  expect(extendRequest("18:00", undefined)).toEqual({ until: "18:00" });
  expect(extendRequest(undefined, "2h")).toEqual({ by: "2h" });
  expect(labErrorOf(() => extendRequest(undefined, undefined))).toMatchObject({
    exitCode: 2,
    message: "lab extend needs --until or --by.",
  });
});

test("the time of a machine's timer is read as arm-expiry.sh writes it", () => {
  expect(parseTimer("[Timer]\nOnCalendar=2026-12-01 17:00:00 UTC\n")).toEqual(BEFORE);
  expect(parseTimer("cat: no such file")).toBeUndefined();
});

describe("what lab extend says", () => {
  const later = new Date("2026-12-01T19:00:00Z");
  const seat = (name: string, minutes: number) => ({ seat: name, end: new Date(BEFORE.getTime() + minutes * 60_000) });

  test("is the new and the old end, in local time with its zone", () => {
    expect(renderExtension({ stack: "dev", end: later, before: [seat("seat01", 0)] })).toBe(
      'The lab "dev" ends at Tue 1 Dec 2026, 20:00 CET now. Before: Tue 1 Dec 2026, 18:00 CET.\n',
    );
  });

  test("is a span where machines ended at different times, and leaves out those that did not say", () => {
    const before = [seat("seat01", 4), seat("seat02", 0), { seat: "seat03", end: undefined }];
    expect(renderExtension({ stack: "dev", end: later, before })).toContain(
      "Before: Tue 1 Dec 2026, 18:00 CET to Tue 1 Dec 2026, 18:04 CET.",
    );
    expect(extensionJson({ stack: "dev", end: later, before })).toEqual({
      stack: "dev",
      end: "2026-12-01T19:00:00Z",
      before: [
        { seat: "seat01", end: "2026-12-01T17:04:00Z" },
        { seat: "seat02", end: "2026-12-01T17:00:00Z" },
        { seat: "seat03", end: null },
      ],
    });
  });
});
