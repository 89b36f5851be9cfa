import { describe, expect, test } from "vitest";
import { endsInPrompt, hasBegun } from "../../e2e/portal-screen";

const PROMPT = "student@node1:~$";

describe("whether a command was typed since", () => {
  test.each([
    ["a first command", PROMPT, `${PROMPT} docker version\nClient:\n${PROMPT}`],
    ["one that says nothing", PROMPT, `${PROMPT} docker version\n${PROMPT}`],
    ["one whose own line has left the screen", PROMPT, `Client:\n Version: 20\n${PROMPT}`],
    ["the same one again", `${PROMPT} docker version\nClient:\n${PROMPT}`, twice("docker version", "Client:")],
    ["one where all that was there has left the screen", `${PROMPT} ls\nindex.js\n${PROMPT}`, `a\nb\nc\n${PROMPT}`],
    ["one that broke at the window's end", PROMPT, `${PROMPT} docker ver\nsion\n${PROMPT}`],
    ["one that goes into a container", PROMPT, `${PROMPT} docker version\nroot@0123456789ab:/#`],
  ])("%s: yes", (_, before, text) => {
    expect(hasBegun("docker version", before, text)).toBe(true);
  });

  test.each([
    ["nothing has changed", PROMPT, PROMPT],
    ["the prompt is written again, and elsewhere", PROMPT, `\n\n${PROMPT}\n${PROMPT}`],
    ["the lines above are no longer there", `a\nb\n${PROMPT} ls\nc\n${PROMPT}`, `c\n${PROMPT}`],
    ["more lines are there above", `c\n${PROMPT}`, `a\nb\n${PROMPT} ls\nc\n${PROMPT}`],
    ["lines break elsewhere", `a long line\n${PROMPT}`, `a lo\nng line\n${PROMPT}`],
    ["it is drawn in the middle of a larger window", `c\n${PROMPT}`, `c     │····\n${PROMPT} │····\n──────┘····`],
    ["it was not drawn yet", "", PROMPT],
  ])("%s: no", (_, before, text) => {
    expect(hasBegun("docker version", before, text)).toBe(false);
  });

  test("a name that the student has to fill in may be any", () => {
    const before = `${PROMPT} docker commit abc\nsha256:1\n${PROMPT}`;
    expect(hasBegun("docker commit <id>", before, `${before} docker commit def\nsha256:1\n${PROMPT}`)).toBe(true);
  });

  function twice(command: string, output: string): string {
    return `${PROMPT} ${command}\n${output}\n${PROMPT} ${command}\n${output}\n${PROMPT}`;
  }
});

test.each([
  [PROMPT, true],
  ["root@0123456789ab:/# ", true],
  [`${PROMPT} docker version`, false],
  ["", false],
])("%j is a prompt that waits: %s", (line, expected) => {
  expect(endsInPrompt(`Client:\n${line}`)).toBe(expected);
});
