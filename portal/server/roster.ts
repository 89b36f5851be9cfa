import {
  type BigIntStats,
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { LabError } from "../../core/errors";
import { parseJson } from "./boundary";
import { problemIn, type Roster, rosterSchema } from "./roster-schema";

export type { Holding, Roster } from "./roster-schema";

/** Largest roster that is read or written, in bytes: 200 seats take 0.3 MB for each lesson of ten steps. */
const LARGEST_BYTES = 16 * 1024 * 1024;

/** The roster that was last read or written, with its text and the version of its file. */
interface Known {
  readonly roster: Roster;
  readonly text: string;
  readonly version: string;
}

/**
 * The roster of a stack: seats, codes, claims and progress, in a file that only its owner can read. Other processes write
 * it too (`lab portal free`, `lab cards`), so each read checks whether the file has changed, and parses it only then.
 */
export class RosterFile {
  readonly #file: string;
  #known: Known | undefined;

  constructor(directory: string) {
    this.#file = join(directory, "class-book.json");
  }

  /** The current roster; empty if there is no file yet. Throws a LabError for a file that is damaged or too large. */
  read(): Roster {
    const stats = statSync(this.#file, { bigint: true, throwIfNoEntry: false });
    if (stats === undefined) {
      this.#known = undefined;
      return { version: 1, seats: {} };
    }
    if (this.#known?.version !== versionOf(stats)) {
      this.#known = readKnown(this.#file);
    }
    return this.#known.roster;
  }

  /**
   * Changes the roster, and writes the file if that changed anything. Synchronous, so that no change of this process is lost.
   * Throws a LabError, and writes nothing, for a roster that could not be read again.
   */
  update(change: (roster: Roster) => Roster): Roster {
    const before = this.read();
    const after = change(before);
    if (after === before) {
      return before;
    }
    const text = `${JSON.stringify(after, null, 2)}\n`;
    if (text !== this.#known?.text) {
      const roster = parseRoster(text, this.#file);
      this.#known = { roster, text, version: replaceFile(this.#file, text) };
    }
    return this.#known.roster;
  }
}

/** Parses a roster. Throws a LabError whose message does not quote the text, because it contains codes. */
export function parseRoster(text: string, file: string): Roster {
  refuseTooLarge(Buffer.byteLength(text), file);
  const parsed = rosterSchema.safeParse(parseJson(text));
  if (!parsed.success) {
    throw unusable(`${file} is damaged, or of another version of lab: ${problemIn(parsed.error)}.`, parsed.error);
  }
  return parsed.data;
}

function readKnown(file: string): Known {
  const handle = openSync(file, "r");
  try {
    const stats = fstatSync(handle, { bigint: true });
    refuseTooLarge(Number(stats.size), file);
    const text = readFileSync(handle, "utf8");
    return { roster: parseRoster(text, file), text, version: versionOf(stats) };
  } finally {
    closeSync(handle);
  }
}

/** Replaces the file atomically. The temporary name is unique to this process, because others write, too. */
function replaceFile(file: string, text: string): string {
  const next = `${file}.${process.pid}.new`;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(next, text, { mode: 0o600 });
    const version = versionOf(statSync(next, { bigint: true }));
    renameSync(next, file);
    return version;
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** Identifies a version of the file; each is a new file renamed over the previous one. */
function versionOf({ ino, mtimeNs, size }: BigIntStats): string {
  return [ino, mtimeNs, size].join();
}

function refuseTooLarge(bytes: number, file: string): void {
  if (bytes > LARGEST_BYTES) {
    throw unusable(`${file} has ${bytes} bytes; at most ${LARGEST_BYTES} are allowed.`);
  }
}

function unusable(problem: string, cause?: unknown): LabError {
  return new LabError(problem, {
    hint: "Remove it and run ./lab portal again. Then print new cards with ./lab cards, because every browser has to claim its seat again.",
    cause,
  });
}
