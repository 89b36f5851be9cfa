import { join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";

/** Runs `lab` with arguments, passes on each line of its output, and returns its exit code. */
export type RunLab = (commandLine: readonly string[], onLine: (line: string) => void) => Promise<number>;

interface Clone {
  readonly programDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Runs this clone's `lab` as a child process, because the stack's lock identifies its holder by process, and so that a
 * failure does not affect the portal. Ctrl-C in the terminal also stops the child.
 */
export function labOf({ programDirectory, environment }: Clone, stack: string): RunLab {
  return async (commandLine, onLine) => {
    const [command = "", ...rest] = commandLine;
    const child = execa(join(programDirectory, "lab"), [command, "--stack", stack, ...rest], {
      cwd: programDirectory,
      // The output is shown on the wall, not in a terminal.
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
