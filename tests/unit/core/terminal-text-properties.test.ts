import fc from "fast-check";
import { expect, test } from "vitest";
import { shownOnTerminal } from "../../../core/terminal-text";

/** What a program may write: text, and codes with numbers of any size. */
const code = fc
  .tuple(fc.integer({ min: 0, max: 2_147_483_647 }), fc.constantFrom(..."ABCDEFGHJKmhl"))
  .map(([number, letter]) => `\x1b[${number}${letter}`);
const written = fc
  .array(
    fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      code,
      fc.constantFrom("\r", "\n", "\b", "\t", "\x1b", "\x1b]0;title\x07"),
    ),
    {
      maxLength: 30,
    },
  )
  .map((pieces) => pieces.join(""));

test("whatever a program writes is shown without codes, and takes no more room than it could fill", () => {
  fc.assert(
    fc.property(written, (text) => {
      const shown = shownOnTerminal(text);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
      expect(shown).not.toMatch(/\x1b\[\d*[A-Za-z]/);
      expect(shown.length).toBeLessThanOrEqual(2 * text.length + 20_000);
    }),
    { numRuns: 2_000 },
  );
});

test("text without codes is shown as it is", () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[ -~]*$/)), (lines) => {
      const trimmed = lines.map((line) => line.trimEnd());
      expect(shownOnTerminal(lines.join("\n"))).toBe(trimmed.join("\n"));
    }),
  );
});
