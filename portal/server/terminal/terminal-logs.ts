import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { LabError } from "../../../core/errors";

/** A full file is renamed to .old, which replaces the previous .old file. */
const MOST_BYTES = 8 * 1024 * 1024;

/** Writes one terminal's output to its seat's file. */
export interface TerminalLog {
  write(text: string): void;
  close(): void;
}

/** Recordings of terminals, one file per seat, readable only by their owner. */
export class TerminalLogs {
  /** Terminals of a seat show the same session, so only the oldest one writes. */
  readonly #open = new Map<string, Set<TerminalLog>>();
  readonly #failing = new Set<string>();

  constructor(
    readonly directory: string,
    readonly onProblem: (problem: string) => void,
    readonly mostBytes = MOST_BYTES,
  ) {
    requireOwnFolder(directory);
  }

  /** Opens a log for a terminal of a seat. */
  open(seat: string): TerminalLog {
    const open = this.#open.get(seat) ?? new Set();
    const log: TerminalLog = {
      write: (text) => {
        const [oldest] = open;
        if (oldest === log) {
          this.#append(seat, text);
        }
      },
      close: () => void open.delete(log),
    };
    this.#open.set(seat, open.add(log));
    return log;
  }

  /** Reports a failure instead of throwing, so that the terminal stays usable. */
  #append(seat: string, text: string): void {
    try {
      appendBounded(join(this.directory, `${seat}.log`), text, this.mostBytes);
      this.#failing.delete(seat);
    } catch (error) {
      // Only once, because a full disk fails for every key.
      if (!this.#failing.has(seat)) {
        this.#failing.add(seat);
        this.onProblem(`${seat}: the terminal cannot be recorded: ${(error as Error).message}`);
      }
    }
  }
}

function appendBounded(file: string, text: string, mostBytes: number): void {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  const handle = openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
  try {
    // An existing file may have been readable by others.
    fchmodSync(handle, 0o600);
    writeSync(handle, text);
    if (fstatSync(handle).size >= mostBytes) {
      renameSync(file, `${file}.old`);
    }
  } finally {
    closeSync(handle);
  }
}

function requireOwnFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw refused(`${directory} cannot be created: ${(error as Error).message}.`);
  }
  const mode = statSync(directory).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw refused(`${directory} is accessible to other users of this machine (mode ${mode.toString(8)}).`);
  }
}

function refused(problem: string): LabError {
  return new LabError(`--log-terminals: ${problem}`, {
    exitCode: 2,
    hint: "Set it to a new folder, or restrict the folder to yourself: chmod 700 FOLDER",
  });
}
