import { execa } from "execa";
import { expect, vi } from "vitest";

/** A program at a terminal of its own. */
export interface TerminalSession {
  /** Everything that the terminal was sent so far, control sequences included. */
  output(): string;
  /** What a person's keys send, e.g. CONTROL_C. */
  type(keys: string): void;
  /** Waits until the output matches. */
  sees(pattern: RegExp): Promise<void>;
  /** Waits for the program's end; gives its exit code. */
  ends(): Promise<number>;
}

export const CONTROL_C = "\u0003";
export const HIDE_CURSOR = "\u001b[?25l";
export const SHOW_CURSOR = "\u001b[?25h";

/** Gives a program a terminal; of util-linux. */
const SCRIPT = "script";

const PATIENCE = { timeout: 180_000, interval: 50 };

/** Starts `./lab WORDS` at a terminal of 100 by 40. */
export function labAtTerminal(
  words: string,
  where: { readonly directory: string; readonly environment: Readonly<Record<string, string>> },
): TerminalSession {
  // A continuous integration server's logs get no live board, and neither would these tests there.
  const { CI: _, ...environment } = where.environment;
  const line = `stty columns 100 rows 40 && exec ./lab ${words}`;
  const child = execa(SCRIPT, ["--quiet", "--return", "--flush", "--command", line, "/dev/null"], {
    cwd: where.directory,
    env: { ...environment, TERM: "xterm", SHELL: "/bin/sh" },
    extendEnv: false,
    reject: false,
    stdin: "pipe",
    all: true,
  });
  let output = "";
  child.all?.on("data", (chunk: Buffer) => {
    output += chunk.toString("utf8");
  });
  return {
    output: () => output,
    type: (keys) => void child.stdin?.write(keys),
    sees: (pattern) => vi.waitFor(() => expect(output).toMatch(pattern), PATIENCE),
    ends: async () => (await child).exitCode ?? -1,
  };
}
