import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { StackFiles } from "../../../adapters/pulumi/environment";
import { type Checkpoint, parseStateFile } from "../../../adapters/pulumi/state";

/** A copy of a stack's state that Pulumi made, and that can be read. */
export interface StateCopy {
  readonly file: string;
  readonly madeAt: Date;
  /** What it may lack: the last step, or all since the last update. */
  readonly age: "a step old" | "an update old";
  readonly checkpoint: Checkpoint;
}

/**
 * The newest copy that can be read, and whose secrets this stack's passphrase opens. Pulumi keeps the state before its last
 * step, and the whole of it after each update.
 */
export function newestCopy(files: StackFiles, salt: unknown): StateCopy | undefined {
  const candidates = [files.previous, ...stateFilesIn(files.history), ...stateFilesIn(files.backups)]
    .flatMap((file) => timeOf(file))
    .sort((a, b) => b.madeAt.getTime() - a.madeAt.getTime());
  for (const { file, madeAt } of candidates) {
    const checkpoint = parseStateFile(readFileSync(file, "utf8"));
    if (checkpoint !== undefined && (checkpoint.salt === undefined || checkpoint.salt === salt)) {
      return { file, madeAt, age: file === files.previous ? "a step old" : "an update old", checkpoint };
    }
  }
  return undefined;
}

function stateFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(".json") && !name.endsWith(".history.json"))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function timeOf(file: string): { file: string; madeAt: Date }[] {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? [] : [{ file, madeAt: stats.mtime }];
}
