import { join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";

/** Runs `lab` with some words, tells each line that it says, and gives its exit code. */
export type RunLab = (words: readonly string[], onLine: (line: string) => void) => Promise<number>;

interface Clone {
  readonly programDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * `lab` of this clone as a process of its own: what keeps one `lab` at a time on a stack tells them apart by their
 * processes, and one that fails leaves the portal alone. A Ctrl-C at the terminal reaches it, too.
 */
export function labOf({ programDirectory, environment }: Clone, stack: string): RunLab {
  return async (words, onLine) => {
    const [command = "", ...rest] = words;
    const child = execa(join(programDirectory, "lab"), [command, "--stack", stack, ...rest], {
      cwd: programDirectory,
      // Its words are read by people on the wall, not by a terminal.
      env: { ...environment, NO_COLOR: "1" },
      extendEnv: false,
      stdin: "ignore",
      all: true,
      buffer: false,
      reject: false,
    });
    const lines = child.all === undefined ? undefined : createInterface({ input: child.all });
    lines?.on("line", (line) => onLine(stripVTControlCharacters(line)));
    const { exitCode, failed } = await child;
    return exitCode ?? (failed ? 1 : 0);
  };
}
