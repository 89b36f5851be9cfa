import type { NodeShell, RunOptions } from "../../core/node-shell";
import type { StepRecord } from "./evidence";

/** Where and how tasks are performed. */
export interface TaskContext {
  readonly shell: NodeShell;
  readonly record: StepRecord;
  /** Folder, environment and signal of every command. */
  readonly options: RunOptions;
  /** Called before each command that is typed. */
  readonly announce: (command: string) => void;
}
