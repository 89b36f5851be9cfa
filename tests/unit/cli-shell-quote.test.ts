import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { remoteCommand } from "../../cli/commands/ssh";
import { shellQuote } from "../../cli/shell-quote";

/** Our scripts' shell, and the POSIX one that programs run commands with. */
const SHELLS = ["bash", "/bin/sh"];

/** What a shell takes a line's arguments for. */
function wordsSeenBy(shell: string, line: string): string[] {
  const { stdout, stderr, status } = spawnSync(shell, ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" });
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

test.each(SHELLS)("any text is one word again for %s", (shell) => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1, maxLength: 20 }), (words) => {
      expect(wordsSeenBy(shell, words.map(shellQuote).join(" "))).toEqual(words);
    }),
    { numRuns: 300 },
  );
});

test("any value of an export is the same variable again", () => {
  fc.assert(
    fc.property(anyText, (value) => {
      const script = `export VALUE=${shellQuote(value)}\nprintf '%s' "$VALUE"`;
      expect(spawnSync("/bin/sh", ["-c", script], { encoding: "utf8" }).stdout).toBe(value);
    }),
    { numRuns: 100 },
  );
});

test("several words of `lab ssh` reach the node's shell as they are", () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), (words) => {
      const [line = ""] = remoteCommand(["printf", "%s\\0", ...words]);
      expect(spawnSync("/bin/sh", ["-c", line], { encoding: "utf8" }).stdout.split("\0").slice(0, -1)).toEqual(words);
    }),
    { numRuns: 100 },
  );
});

test("plain words stay readable", () => {
  const words = ["docker", "hello:v0.1", "/var/log/a_b.log", "--user=root", "a@b.c:22", "50%", "+x,y"];
  expect(words.map(shellQuote)).toEqual(words);
});

test("text that a shell would read otherwise is quoted", () => {
  expect(["", "a b", "it's", "~"].map(shellQuote)).toEqual(["''", "'a b'", "'it'\\''s'", "'~'"]);
});
