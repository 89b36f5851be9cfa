import { describe, expect, it } from "vitest";
import { colorsFor, drawingStyle, type OutputStream } from "../../../../cli/ui/stream";
import {
  clip,
  compactDuration,
  fill,
  formatDuration,
  formatElapsed,
  lastLine,
  plainText,
  textWidth,
} from "../../../../core/text";

describe("durations", () => {
  it.each([
    [0, "0.0 s", "0 s"],
    [420, "0.4 s", "0 s"],
    [9_949, "9.9 s", "9 s"],
    [9_950, "10 s", "9 s"],
    [59_900, "1 m 00 s", "59 s"],
    [125_000, "2 m 05 s", "2 m 05 s"],
    [3_900_000, "1 h 05 m", "1 h 05 m"],
    [-5, "0.0 s", "0 s"],
  ])("%d ms took %s, has been under way for %s", (milliseconds, took, elapsed) => {
    expect(formatDuration(milliseconds)).toBe(took);
    expect(formatElapsed(milliseconds)).toBe(elapsed);
  });

  it("fit five columns in a table", () => {
    for (const milliseconds of [400, 12_000, 125_000, 599_000, 600_000, 3_540_000, 3_900_000, 35_000_000]) {
      expect(compactDuration(formatElapsed(milliseconds)).length).toBeLessThanOrEqual(5);
      expect(compactDuration(formatDuration(milliseconds)).length).toBeLessThanOrEqual(5);
    }
    expect(compactDuration("2 m 05 s")).toBe("2m05s");
    expect(compactDuration("12 m 05 s")).toBe("12 m");
  });
});

describe("text of others", () => {
  it("loses whatever could move the cursor or change colours", () => {
    expect(plainText("a\u001b[31mb\u001b[0m\u001b]8;;http://x\u0007c\u0000\u0007\u009b\r\nd\te\u202ef")).toBe(
      "abc\nd  ef",
    );
    expect(plainText("<{%fg 1%}>error: <{%reset%}>x")).toBe("error: x");
  });

  it("a carriage return starts a new line, as progress bars mean it", () => {
    expect(lastLine("10 %\r20 %\r")).toBe("20 %");
  });

  it("gives its last line that says something", () => {
    expect(lastLine("Step 1\nStep   2 \n \n")).toBe("Step 2");
    expect(lastLine("\n")).toBe("");
  });
});

describe("columns", () => {
  it("counts wide characters twice and combining ones not at all", () => {
    expect([textWidth("日本"), textWidth("e\u0301"), textWidth("🐳"), textWidth("✓ ⠋ · …")]).toEqual([4, 1, 2, 7]);
  });

  it("cuts at the column, never over it", () => {
    expect(clip("hello world", 8)).toBe("hello w…");
    expect(clip("hello", 5)).toBe("hello");
    expect(textWidth(clip("日本語日本語", 6))).toBeLessThanOrEqual(6);
    expect([clip("abc", 1), clip("abc", 0), clip("abc", -3)]).toEqual(["…", "", ""]);
  });

  it("fills up to the column", () => {
    expect([fill("ab", 4), fill("abcdef", 4), fill("日", 3)]).toEqual(["ab  ", "abc…", "日 "]);
  });
});

describe("how a stream is drawn on", () => {
  const terminal = { isTTY: true } as OutputStream;
  const file = {} as OutputStream;
  it.each([
    ["a terminal", terminal, {}, "live", true],
    ["a file", file, {}, "plain", false],
    ["a dumb terminal", terminal, { TERM: "dumb" }, "plain", false],
    ["a terminal in CI", terminal, { CI: "true" }, "plain", true],
    ["a terminal with CI=false", terminal, { CI: "false" }, "live", true],
    ["a terminal with NO_COLOR", terminal, { NO_COLOR: "1" }, "live", false],
    ["a terminal with an empty NO_COLOR", terminal, { NO_COLOR: "" }, "live", true],
    ["a file with FORCE_COLOR", file, { FORCE_COLOR: "1" }, "plain", true],
    ["NO_COLOR over FORCE_COLOR", file, { FORCE_COLOR: "1", NO_COLOR: "1" }, "plain", false],
  ] as const)("%s", (_name, stream, environment, style, colored) => {
    expect(drawingStyle(stream, environment)).toBe(style);
    expect(colorsFor(stream, environment).isColorSupported).toBe(colored);
  });
});
