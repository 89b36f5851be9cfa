import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseExpiry } from "../../../config/expiry";
import { SETTING_NAMES, TOP_LEVEL } from "../../../config/options";
import { configErrorText, decodeSections, parseConfig } from "../../../config/parse";
import type { RawConfig } from "../../../config/settings";
import { parseNetwork } from "../../../config/values/networks";

const TOP = SETTING_NAMES.filter((name) => !name.includes("."));
/** What a good value may look like, so that not every config is bad at once. */
const likelyValue = fc.constantFrom<unknown>(
  "local",
  "aws",
  "8h",
  "2026-12-01T18:00Z",
  "203.0.113.0/24",
  "debian",
  "baked",
  "t4g.medium",
  true,
  2,
  2201,
  "/srv/artefacts",
);
const value = fc.oneof(likelyValue, fc.jsonValue(), fc.string({ unit: "binary" }));
const settingIn = (section: string) =>
  fc.constantFrom(
    ...SETTING_NAMES.flatMap((name) => (name.startsWith(`${section}.`) ? [name.slice(section.length + 1)] : [])),
  );
const sectionNames = Object.keys(TOP_LEVEL).filter((name) => TOP_LEVEL[name]?.properties !== undefined);
const sections = sectionNames.map((section) =>
  fc
    .oneof(fc.dictionary(settingIn(section), value), fc.jsonValue())
    .map((content): [string, unknown] => [section, content]),
);
const topLevel = fc.tuple(fc.oneof(fc.constantFrom(...TOP), fc.string({ unit: "binary" })), value);

/** Any JSON object, most often one that resembles a config. */
const anyConfig = fc
  .array(fc.oneof(topLevel, ...sections), { maxLength: 12 })
  .map((entries) => Object.fromEntries(entries) as RawConfig);

describe("parseConfig", () => {
  test("gives a config or a list of problems for any JSON, and never throws: 10,000 of them", () => {
    let good = 0;
    fc.assert(
      fc.property(anyConfig, (raw) => {
        const result = parseConfig(decodeSections(raw));
        if (result.ok) {
          good += 1;
          return true;
        }
        // Plain comparisons: 30,000 calls of `expect` would take longer than all that is tested here.
        const { problems } = result;
        const startWithSettings = problems.every((problem) => problem.includes(":"));
        return (
          problems.length > 0 && startWithSettings && configErrorText(problems).split("\n").length > problems.length
        );
      }),
      { numRuns: 10_000 },
    );
    // Else the generator would have shown nothing about good ones.
    expect(good).toBeGreaterThan(20);
  });

  test("a config that was accepted is accepted again, defaults and all, and stays as it is", () => {
    fc.assert(
      fc.property(anyConfig, (raw) => {
        const first = parseConfig(raw);
        fc.pre(first.ok);
        if (first.ok) {
          expect(parseConfig(first.config)).toEqual(first);
        }
      }),
      { numRuns: 200, maxSkipsPerRun: 1000 },
    );
  });
});

describe("texts that settings are read from", () => {
  test("any text is an expiry or none", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,7}[mhdsw]$/)), (text) => {
        const expiry = parseExpiry(text);
        if (expiry !== undefined && "seconds" in expiry) {
          expect(expiry.seconds).toBeGreaterThan(0);
          expect(expiry.seconds).toBeLessThanOrEqual(30 * 86_400);
        }
      }),
    );
  });

  test("a network's text is a network without host bits", () => {
    const octet = fc.integer({ min: 0, max: 300 });
    const cidr = fc
      .tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 40 }))
      .map(([a, b, c, d, prefix]) => `${a}.${b}.${c}.${d}/${prefix}`);
    fc.assert(
      fc.property(cidr, (text) => {
        const network = parseNetwork(text);
        if (network !== undefined) {
          expect(parseNetwork(network.text)).toEqual(network);
        }
      }),
    );
  });
});
