import { execa } from "execa";

/** The command line of a process of this machine; undefined when there is none such any more. */
export async function commandLineOf(processId: number): Promise<string | undefined> {
  if (!exists(processId)) {
    return undefined;
  }
  const { exitCode, stdout } = await execa("ps", ["-o", "stat=", "-o", "args=", "-p", String(processId)], {
    reject: false,
  });
  if (exitCode !== 0) {
    // Ended meanwhile, or this system's ps is of a smaller kind: then it is there, and nobody knows what it is.
    return exists(processId) ? "" : undefined;
  }
  const [state = "", ...words] = stdout.trim().split(/\s+/);
  // Dead, and its parent has not asked how.
  return state.startsWith("Z") ? undefined : words.join(" ");
}

/** Whether a process is there, and its command line is not that of another program: numbers of processes are used again. */
export async function isRunning(processId: number, program: RegExp): Promise<boolean> {
  const line = await commandLineOf(processId);
  return line !== undefined && (line === "" || program.test(line));
}

function exists(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
