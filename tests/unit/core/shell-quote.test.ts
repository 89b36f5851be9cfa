import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import fc from "fast-check";
import { expect, test } from "vitest";
import { remoteCommand } from "../../../cli/workflows/ssh";
import { shellQuote } from "../../../core/quoting";

/** Our scripts' shell, and the POSIX one that programs run commands with. */
const SHELLS = ["bash", "/bin/sh"];

/** What a shell's script prints, each text with a zero byte behind it. */
function textsPrintedBy(shell: string, lines: readonly string[]): string[] {
  // In a folder of its own: text that is not quoted well may be `> file`.
  const options = { cwd: tmpdir(), encoding: "utf8" } as const;
  const { stdout, stderr, status } = spawnSync(shell, ["-c", lines.join("\n")], options);
  if (status !== 0) {
    throw new Error(`${shell}: ${stderr}`);
  }
  return stdout.split("\0").slice(0, -1);
}

/** No process can be given a zero byte. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", "")),
  fc.string({ unit: fc.constantFrom(..." '\"\\$`!*?[]{}()<>|&;~#=%\n\t-a") }),
);

/** Lists of words, so many at once: starting a shell for each takes most of the time. */
const wordLists = (count: number, maxLength: number) =>
  fc.array(fc.array(anyText, { minLength: 1, maxLength }), { minLength: count, maxLength: count });

test.each(SHELLS)("any text is one word again for %s", (shell) => {
  fc.assert(
    fc.property(wordLists(30, 20), (lists) => {
      const lines = lists.map((words) => `printf '%s\\0' ${words.map(shellQuote).join(" ")}`);
      expect(textsPrintedBy(shell, lines)).toEqual(lists.flat());
    }),
    { numRuns: 10 },
  );
});

test("any value of an export is the same variable again", () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 25, maxLength: 25 }), (values) => {
      const lines = values.map((value) => `export VALUE=${shellQuote(value)}\nprintf '%s\\0' "$VALUE"`);
      expect(textsPrintedBy("/bin/sh", lines)).toEqual(values);
    }),
    { numRuns: 4 },
  );
});

test("several words of `lab ssh` reach the node's shell as they are", () => {
  fc.assert(
    fc.property(wordLists(25, 5), (lists) => {
      const lines = lists.map((words) => remoteCommand(["printf", "%s\\0", ...words])[0] ?? "");
      expect(textsPrintedBy("/bin/sh", lines)).toEqual(lists.flat());
    }),
    { numRuns: 4 },
  );
});

test("plain words stay readable", () => {
  const words = ["docker", "hello:v0.1", "/var/log/a_b.log", "--user=root", "a@b.c:22", "50%", "+x,y"];
  expect(words.map(shellQuote)).toEqual(words);
});

test("text that a shell would read otherwise is quoted", () => {
  expect(["", "a b", "it's", "~"].map(shellQuote)).toEqual(["''", "'a b'", "'it'\\''s'", "'~'"]);
});
