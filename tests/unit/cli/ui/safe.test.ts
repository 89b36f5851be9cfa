import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { runCommandLine } from "../../../../cli/program";
import { confirm } from "../../../../cli/ui/confirm";
import { startLiveView } from "../../../../cli/ui/live-view";
import { createReporter } from "../../../../cli/ui/reporter";
import { colorsFor } from "../../../../cli/ui/stream";
import { copyLines } from "../../../../cli/workflows/logs";
import { SafeOutput } from "../../../../core/safe-output";
import { runtimeIn, textOf } from "../support";
import { RecordedStream, recordedTerminal } from "./stream-double";

/** Title, clipboard, link, cursor, screen, colour, C1's CSI and OSC, and text that runs the other way. */
const COMMANDS =
  "\u001b]0;owned\u0007\u001b]52;c;cm0gLXJm\u0007\u001b]8;;http://x\u001b\\\u001b[2J\u001b[1A\r\u001b[32mok\u001b[39m\u009b31m\u009d0;x\u009c\u0008\u007f\u202egnp.exe\u2066\u061c";
// biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences are what this is about
const COLOR = /\u001b\[\d+m/g;
/** What log-update and readline move the cursor by, and colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences are what this is about
const DRAWING = /\u001b\[(?:\?2026[hl]|\?25[hl]|\d*[ABCDGKJ]|\d+m)/g;
/** What none of them sends: OSC, and what clears the whole screen. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal sequences are what this is about
const HARMFUL = /\u001b\]|\u001b\[2J/;
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(
    fc.constantFrom("\u001b[", "\u001b]0;", "\u0007", "\r", "\n", "\r\n", "\t", "\u009b", "\u202e", "a", "31m", '"'),
  ),
);
const text = anyText.map((value) => (Array.isArray(value) ? value.join("") : value));

function written(text: string): string {
  const stream = new RecordedStream();
  new SafeOutput(stream).write(text);
  return stream.text;
}

describe("SafeOutput", () => {
  test("no control character reaches the terminal, whatever is written", () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(written(value).replaceAll("\r\n", "\n")).not.toMatch(UNSAFE);
      }),
      { numRuns: 2000 },
    );
  });

  test("shows what it does not pass on, and leaves lines, tabs and all other text as they are", () => {
    expect(written("a\u001b[31m\u009b\u202e\rb")).toBe("a\\u001b[31m\\u009b\\u202e\\u000db");
    expect(written("naïve 日本 🐳 שלום\n\tb\r\n")).toBe("naïve 日本 🐳 שלום\n\tb\r\n");
  });

  test("JSON stays JSON, of the same value", () => {
    fc.assert(
      fc.property(fc.dictionary(text, fc.oneof(text, fc.array(text))), (value) => {
        expect(JSON.parse(written(JSON.stringify(value, null, 2)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });

  test("colours of our own pass; those in the text of others do not, coloured by us or not", () => {
    const terminal = recordedTerminal();
    const output = new SafeOutput(terminal);
    const colors = colorsFor(output, { TERM: "xterm" });
    output.write(`${colors.red(`failed: ${COMMANDS}`)} ${COMMANDS} ${colors.dim(colors.green("\u001b[0m"))}\n`);
    expect(terminal.text.match(COLOR)).toEqual([
      "\u001b[31m",
      "\u001b[39m",
      "\u001b[2m",
      "\u001b[32m",
      "\u001b[39m",
      "\u001b[22m",
    ]);
    expect(terminal.text.replaceAll(COLOR, "")).not.toMatch(UNSAFE);
  });
});

describe("what draws on the terminal by itself", () => {
  function withoutOurs(text: string): string {
    return text.replaceAll(DRAWING, "").replaceAll("\r", "");
  }

  test.each(["live", "plain"] as const)("the %s reporter", async (style) => {
    vi.stubEnv("CI", style === "live" ? "" : "true");
    vi.stubEnv("TERM", "xterm");
    const terminal = recordedTerminal();
    const reporter = createReporter({ stream: new SafeOutput(terminal), json: false });
    reporter.info(COMMANDS);
    reporter.warn(COMMANDS);
    await reporter.task(COMMANDS, async (update) => update(COMMANDS));
    vi.unstubAllEnvs();
    expect(terminal.text).toContain("owned");
    expect(withoutOurs(terminal.text)).not.toMatch(UNSAFE);
    expect(terminal.text).not.toMatch(HARMFUL);
  });

  test("a live view", () => {
    const terminal = recordedTerminal();
    startLiveView(new SafeOutput(terminal), () => `seat01 ${COMMANDS}`)();
    expect(terminal.text).toContain("seat01");
    expect(withoutOurs(terminal.text)).not.toMatch(UNSAFE);
    expect(terminal.text).not.toMatch(HARMFUL);
  });

  test("a question", async () => {
    const terminal = recordedTerminal();
    const input = new PassThrough();
    const answer = confirm(COMMANDS, { input, output: new SafeOutput(terminal), signal: new AbortController().signal });
    input.write("y\n");
    expect(await answer).toBe("yes");
    expect(withoutOurs(terminal.text)).not.toMatch(UNSAFE);
    expect(terminal.text).not.toMatch(HARMFUL);
  });
});

describe("lab logs", () => {
  async function shown(chunks: readonly (string | Buffer)[]): Promise<string> {
    const stream = new RecordedStream();
    await copyLines(Readable.from(chunks, { objectMode: false }), new SafeOutput(stream));
    return stream.text;
  }

  test("a log has its lines and tabs, and no sequences, however they are cut", async () => {
    const log = Buffer.from("\u001b[32mok\u001b[0m é\tb\r\n50 %\r100 %\n\u001b]0;owned\u0007end");
    for (let cut = 1; cut < log.length; cut += 1) {
      expect(await shown([log.subarray(0, cut), log.subarray(cut)])).toBe("ok é\tb\n50 %\n100 %\nend");
    }
  });

  test("a line without an end is shown in parts as it comes, and not kept", async () => {
    const input = new PassThrough();
    const stream = new RecordedStream();
    const copied = copyLines(input, new SafeOutput(stream));
    for (let count = 0; count < 40; count += 1) {
      if (!input.write("x".repeat(16 * 1024))) {
        await once(input, "drain");
      }
    }
    await vi.waitFor(() => expect(stream.text.length).toBeGreaterThan(500_000));
    input.end();
    await copied;
    expect(stream.text).toBe("x".repeat(40 * 16 * 1024));
  });
});

test("what was typed wrongly is quoted safely, too", async () => {
  const runtime = runtimeIn("/program");
  expect(await runCommandLine([COMMANDS], runtime, new AbortController().signal)).toBe(2);
  expect(textOf(runtime.stderr)).toContain("owned");
  expect(textOf(runtime.stderr)).not.toMatch(UNSAFE);
});

test("an error reaches the terminal by main.ts, cleaned", () => {
  const lab = join(__dirname, "../../../../lab");
  const run = () =>
    execFileSync(lab, ["status", "--stack", "a\u001b[31m\u009bb"], {
      stdio: ["ignore", "pipe", "pipe"],
      encoding: "utf8",
    });
  const error = vi.fn();
  try {
    run();
  } catch (thrown) {
    error((thrown as { stderr: string }).stderr);
  }
  expect(error.mock.calls[0]?.[0]).toContain("\\u001b[31m\\u009bb");
  expect(error.mock.calls[0]?.[0]).not.toMatch(UNSAFE);
});

test("nothing in lab has a way round it", () => {
  const files = ["adapters", "cli", "core", "portal/server"].flatMap((folder) =>
    readdirSync(join(__dirname, "../../../..", folder), { recursive: true, encoding: "utf8" }).map((name) =>
      join(folder, name),
    ),
  );
  const direct = files
    .filter((file) => file.endsWith(".ts"))
    .filter((file) =>
      /process\.(stdout|stderr)\b|console\.\w+\((?!escapeControls\()/.test(
        readFileSync(join(__dirname, "../../../..", file), "utf8").replaceAll(/^\s*(\/\*\*|\*|\/\/).*$/gm, ""),
      ),
    );
  expect(direct.sort()).toEqual(["cli/main.ts"]);
});
