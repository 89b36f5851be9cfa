import { setImmediate } from "node:timers/promises";

/** One code: CSI with its numbers and letter, OSC text, a two-character escape, or a control character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CODE = /\x1b\[([0-9;?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f]/g;

/** The last column that a code moves the cursor to: that of the terminal that commands write to (adapters/ssh/node-shell/channel.ts). */
const LAST_COLUMN = 199;

/** Blanks that moves may leave before what is written next, beyond one for each character of the whole text. */
const SPARE_BLANKS = 20_000;

/** Some milliseconds of work. */
const CODES_A_SLICE = 5000;

/**
 * What a terminal shows when all of this was written to it, without colours: programs that show progress go back and
 * write over it. Lines do not wrap, and spaces at their ends are left out. Time, memory and the length of the result grow
 * with the length of what was written and with nothing else, whatever codes it has: callers bound that length.
 */
export function shownOnTerminal(written: string): string {
  const screen = new Screen(written.length + SPARE_BLANKS);
  for (const _ of writeInSlices(screen, written)) {
    // All at once.
  }
  return screen.text();
}

/** The same for a process that has others to serve meanwhile: it yields the thread after each slice. */
export async function shownOnTerminalInTurns(written: string): Promise<string> {
  const screen = new Screen(written.length + SPARE_BLANKS);
  for (const _ of writeInSlices(screen, written)) {
    await setImmediate();
  }
  return screen.text();
}

function* writeInSlices(screen: Screen, written: string): Generator<void> {
  let from = 0;
  let codes = 0;
  for (const code of written.matchAll(CODE)) {
    screen.write(written, from, code.index);
    screen.obey(code[0], code[1] ?? "", code[2] ?? "");
    from = code.index + code[0].length;
    codes += 1;
    if (codes % CODES_A_SLICE === 0) {
      yield;
    }
  }
  screen.write(written, from, written.length);
  yield;
}

/** One line: a cell for each UTF-16 unit. */
interface Line {
  readonly cells: string[];
  /** How many cells at its beginning are known to be blank: to erase them again costs nothing. */
  blank: number;
}

class Screen {
  /** Undefined where nothing was written yet. */
  readonly #lines: (Line | undefined)[] = [undefined];
  #row = 0;
  #column = 0;
  #blanksLeft: number;

  constructor(blanks: number) {
    this.#blanksLeft = blanks;
  }

  /** Writes a part of a text. */
  write(text: string, from: number, to: number): void {
    if (from === to) {
      return;
    }
    const line = this.#line();
    const { cells } = line;
    const gap = this.#column - cells.length;
    if (gap > this.#blanksLeft) {
      this.#column = cells.length;
    } else if (gap > 0) {
      this.#blanksLeft -= gap;
      for (let left = gap; left > 0; left -= 1) {
        cells.push(" ");
      }
    }
    line.blank = Math.min(line.blank, this.#column);
    for (let index = from; index < to; index += 1) {
      cells[this.#column] = text.charAt(index);
      this.#column += 1;
    }
  }

  obey(code: string, numbers: string, letter: string): void {
    if (letter !== "") {
      this.#control(letter, Number.parseInt(numbers, 10));
    } else if (code === "\n") {
      this.#moveTo(this.#row + 1, 0);
    } else if (code === "\r") {
      this.#column = 0;
    } else if (code === "\b") {
      this.#column = Math.max(0, this.#column - 1);
    } else if (code === "\t") {
      this.#column += 8 - (this.#column % 8);
    }
  }

  text(): string {
    return this.#lines.map((line) => line?.cells.join("").trimEnd() ?? "").join("\n");
  }

  /** A control sequence. Colours and whatever else changes no text have letters that are not here. */
  #control(letter: string, given: number): void {
    const count = given > 0 ? given : 1;
    const column = Math.min(this.#column, LAST_COLUMN);
    const moves: Readonly<Record<string, readonly [row: number, column: number]>> = {
      A: [this.#row - count, column],
      B: [this.#row + count, column],
      C: [this.#row, Math.max(this.#column, Math.min(this.#column + count, LAST_COLUMN))],
      D: [this.#row, this.#column - count],
      E: [this.#row + count, 0],
      F: [this.#row - count, 0],
      G: [this.#row, Math.min(count - 1, LAST_COLUMN)],
    };
    const move = moves[letter];
    if (move !== undefined) {
      // As on a real screen, which ends somewhere: a node must not choose how much memory its evidence takes.
      this.#moveTo(Math.min(move[0], this.#lines.length - 1), move[1]);
    } else if (letter === "K") {
      this.#eraseInLine(given);
    } else if (letter === "J" && given !== 1) {
      this.#eraseBelow(given);
    }
  }

  #moveTo(row: number, column: number): void {
    this.#row = Math.max(0, row);
    this.#column = Math.max(0, column);
    while (this.#lines.length <= this.#row) {
      this.#lines.push(undefined);
    }
  }

  /** 1: up to the cursor; 2: all of it; else from the cursor on. */
  #eraseInLine(part: number): void {
    const line = this.#line();
    const { cells } = line;
    if (part === 1 || part === 2) {
      for (const end = Math.min(this.#column, cells.length); line.blank < end; line.blank += 1) {
        cells[line.blank] = " ";
      }
    }
    if (part !== 1 && cells.length > this.#column) {
      cells.length = this.#column;
      line.blank = Math.min(line.blank, this.#column);
    }
  }

  /** 2 and 3 clear all of a real screen; here what scrolled by stays, as it does in a terminal's history. */
  #eraseBelow(part: number): void {
    if (part === 2 || part === 3) {
      this.#moveTo(this.#lines.length, 0);
      return;
    }
    this.#eraseInLine(0);
    this.#lines.length = this.#row + 1;
  }

  #line(): Line {
    const line = this.#lines[this.#row] ?? { cells: [], blank: 0 };
    this.#lines[this.#row] = line;
    return line;
  }
}
