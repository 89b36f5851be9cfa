/** One code: CSI with its numbers and letter, OSC text, a two-character escape, or a control character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CODE = /\x1b\[([0-9;?]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]|[\x00-\x1f\x7f]/g;

/** As far to the right as a code moves the cursor: further than any real terminal is wide. */
const LAST_COLUMN = 999;

/**
 * What a terminal shows when all of this was written to it, without colours: programs that show progress go back and
 * write over it. Lines do not wrap, and spaces at their ends are left out.
 */
export function shownOnTerminal(written: string): string {
  const screen = new Screen();
  let from = 0;
  for (const code of written.matchAll(CODE)) {
    screen.write(written.slice(from, code.index));
    screen.obey(code[0], code[1] ?? "", code[2] ?? "");
    from = code.index + code[0].length;
  }
  screen.write(written.slice(from));
  return screen.text();
}

class Screen {
  readonly #lines: string[] = [""];
  #row = 0;
  #column = 0;

  write(text: string): void {
    if (text === "") {
      return;
    }
    const line = this.#line();
    const before = line.slice(0, this.#column).padEnd(this.#column);
    this.#lines[this.#row] = before + text + line.slice(this.#column + text.length);
    this.#column += text.length;
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
    return this.#lines.map((line) => line.trimEnd()).join("\n");
  }

  /** A control sequence. Colours and whatever else changes no text have letters that are not here. */
  #control(letter: string, given: number): void {
    const count = given > 0 ? given : 1;
    const moves: Readonly<Record<string, readonly [row: number, column: number]>> = {
      A: [this.#row - count, this.#column],
      B: [this.#row + count, this.#column],
      C: [this.#row, this.#column + count],
      D: [this.#row, this.#column - count],
      E: [this.#row + count, 0],
      F: [this.#row - count, 0],
      G: [this.#row, count - 1],
    };
    const move = moves[letter];
    if (move !== undefined) {
      // As on a real screen, which ends somewhere: a node must not choose how much memory its evidence takes.
      this.#moveTo(Math.min(move[0], this.#lines.length - 1), Math.min(move[1], Math.max(this.#column, LAST_COLUMN)));
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
      this.#lines.push("");
    }
  }

  /** 1: up to the cursor; 2: all of it; else from the cursor on. */
  #eraseInLine(part: number): void {
    const line = this.#line();
    const before = part === 1 || part === 2 ? "".padEnd(this.#column) : line.slice(0, this.#column);
    this.#lines[this.#row] = before + (part === 1 ? line.slice(this.#column) : "");
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

  #line(): string {
    return this.#lines[this.#row] ?? "";
  }
}
