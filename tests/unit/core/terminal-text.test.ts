import { expect, test } from "vitest";
import { shownOnTerminal, shownOnTerminalInTurns } from "../../../core/terminal-text";

test.for([
  ["plain text stays", "one\r\ntwo\r\n", "one\ntwo\n"],
  ["colours go", "\x1b[1;34mblue\x1b[0m sky", "blue sky"],
  ["a carriage return goes back: what follows is written over it", "0% [Working]\r100% done", "100% doneng]"],
  ["an erased end of line is gone", "0% [Working]\r\x1b[KDone", "Done"],
  ["a line above can be written over", "first\r\nsecond\r\n\x1b[2A\x1b[0GFIRST\r\n", "FIRST\nsecond\n"],
  ["the beginning of a line above can be reached", "one\r\ntwo\x1b[FO", "One\ntwo"],
  ["the beginning of a line below can be reached", "one\r\ntwo\x1b[A\x1b[ET", "one\nTwo"],
  ["all below can be erased", "a\r\nb\r\nc\x1b[1A\x1b[0G\x1b[J", "a\n"],
  ["what a cleared screen showed stays, as in a terminal's history", "old\x1b[2Jnew", "old\nnew"],
  ["a window's title and the keypad's mode are not shown", "\x1b]0;root@node1\x07\x1b[?2004hprompt# \x1b=", "prompt#"],
  ["backspace goes back", "hellp\bo", "hello"],
  ["a tab goes to the next stop", "a\tb", "a       b"],
  ["a move past the end leaves spaces", "a\x1b[3Cb", "a   b"],
  ["spaces at the ends of lines are left out", "a   \r\nb  ", "a\nb"],
  ["nothing gives nothing", "", ""],
] as const)("%s", ([, written, shown]) => {
  expect(shownOnTerminal(written)).toBe(shown);
});

test("of a build with progress its last state is left", () => {
  const frames = [
    "\x1b[1A\x1b[1B\x1b[0G\x1b[?25l[+] Building 0.0s (0/1)                \r\n\x1b[?25h",
    "\x1b[1A\x1b[0G\x1b[?25l[+] Building 0.1s (1/2)                \r\n\x1b[34m => [1/2] FROM alpine   0.0s\r\n\x1b[0m\x1b[?25h",
    "\x1b[2A\x1b[0G\x1b[?25l[+] Building 0.2s (2/2) FINISHED\r\n\x1b[34m => [1/2] FROM alpine   0.0s\r\n\x1b[0m\x1b[34m => CACHED [2/2] RUN x  0.0s\r\n\x1b[0m\x1b[?25h",
  ];
  expect(shownOnTerminal(frames.join("")).trim().split("\n")).toEqual([
    "[+] Building 0.2s (2/2) FINISHED",
    " => [1/2] FROM alpine   0.0s",
    " => CACHED [2/2] RUN x  0.0s",
  ]);
});

test("megabytes take no time worth mentioning", () => {
  const started = performance.now();
  shownOnTerminal('\x1b[0;34m"VulnerabilityID"\x1b[0m: "CVE"\r\n'.repeat(100_000));
  expect(performance.now() - started).toBeLessThan(3000);
});

test("in turns, others have theirs while a long text is rendered", async () => {
  const written = "line\r\n".repeat(40_000);
  let turns = 0;
  const others = setInterval(() => {
    turns += 1;
  }, 0);
  const shown = await shownOnTerminalInTurns(written);
  clearInterval(others);
  expect(shown).toBe(shownOnTerminal(written));
  expect(turns).toBeGreaterThan(3);
});

/** 480 KB each. */
const HOSTILE = {
  "a long line that is written over a letter at a time": "y".repeat(240 * 1024) + "\rx".repeat(120 * 1024),
  "a long line that is erased again and again": "y".repeat(240 * 1024) + "x\x1b[1K".repeat(48 * 1024),
  "a far tab, and an erased line": "\t".repeat(240 * 1024) + "x\x1b[2K".repeat(48 * 1024),
  "the far ends of many lines": "\n".repeat(80 * 1024) + "y".repeat(80 * 1024) + "\x1b[Ay".repeat(80 * 1024),
  "moves to the right on new lines": "\x1b[999Cx\n".repeat(60 * 1024),
  "line ends alone": "\n".repeat(480 * 1024),
  "carriage returns alone": "\r".repeat(480 * 1024),
} as const;

test.for(Object.entries(HOSTILE))("%s: time and result grow with what was written, no faster", ([, written]) => {
  const started = performance.now();
  const shown = shownOnTerminal(written);
  // It takes less than 0.1 s; what is quadratic takes 10 s and more.
  expect(performance.now() - started).toBeLessThan(3000);
  expect(shown.length).toBeLessThanOrEqual(2 * written.length + 20_000);
});
