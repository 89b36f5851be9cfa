import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { toYaml } from "../../../cloud-init/yaml";

/** Each ends a line, or the reading, in YAML 1.1; in YAML 1.2 and JSON it is a character like any other. */
const TROUBLE = ["\u0085", "\u2028", "\u2029", "\ufeff", "\u007f", "\u0090", "\ufffe", "\uffff"];

describe("toYaml", () => {
  test("escapes what YAML 1.1 takes for a line break, and all the rest of that string's characters beyond ASCII", () => {
    expect(toYaml({ comment: "a\u2028é😀\u0085b" })).toBe('comment: "a\\u2028\\u00e9\\U0001f600\\u0085b"\n');
  });

  test("leaves other strings readable, in blocks of lines", () => {
    expect(toYaml({ name: "José", script: "one\ntwo\n" })).toBe("name: José\nscript: |\n  one\n  two\n");
  });

  test("gives each of a class its own values, whatever they share", () => {
    const shared = { runcmd: [["true"]] };
    const texts = ["node1", "node2", "node1"].map((hostname) => toYaml({ hostname, ...shared }));
    expect(texts.map((yaml) => parse(yaml))).toEqual([
      { hostname: "node1", ...shared },
      { hostname: "node2", ...shared },
      { hostname: "node1", ...shared },
    ]);
  });

  test("leaves out what has no value", () => {
    expect([toYaml({ a: undefined }), toYaml({ a: undefined, b: 1 })]).toEqual(["{}\n", "b: 1\n"]);
  });

  test("any string comes back as it was, and none of the characters that trouble YAML 1.1 is left", () => {
    const text = fc.string({
      unit: fc.oneof(fc.string({ unit: "grapheme", maxLength: 1 }), fc.constantFrom(...TROUBLE)),
    });
    fc.assert(
      fc.property(fc.dictionary(text, text), (value) => {
        const yaml = toYaml(value);
        expect(parse(yaml)).toEqual(value);
        expect(TROUBLE.filter((character) => yaml.includes(character))).toEqual([]);
      }),
    );
  });
});
