import { Terminal } from "@xterm/xterm";
import { describe, expect, test } from "vitest";
import { limitMarks, limitSequences } from "../../../portal/page/escape-sequence-limits";
import { partsOf } from "../../../portal/page/line";
import type { ClientMessage } from "../../../portal/protocol";

const HUGE = 2 ** 31 - 1;
const ROWS = 24;
const COLUMNS = 80;

/** The page's terminal, without a page. */
function terminal() {
  const xterm = new Terminal({ cols: COLUMNS, rows: ROWS, scrollback: 5000, allowProposedApi: true });
  limitSequences(xterm);
  const limited = limitMarks();
  return {
    xterm,
    write: (text: string) => new Promise<void>((done) => xterm.write(limited(text), done)),
    lines: () =>
      Array.from({ length: xterm.buffer.active.length }, (_, index) =>
        (xterm.buffer.active.getLine(index)?.translateToString(true) ?? "").trimEnd(),
      ),
  };
}

describe("what a node sends to fill or stop a browser", () => {
  // xterm does each of these as often as it is told: 2^31 times it takes minutes to days, or all memory.
  test.each(["b", "L", "M", "S", "T", "I", "Z"])("CSI 2147483647 %s is ignored", async (final) => {
    const { write, lines } = terminal();
    await write(`x\x1b[${HUGE}${final}y`);
    expect(lines().filter(Boolean)).toEqual(["xy"]);
  });

  test.each(["\x1b[2147483647;1b", "\x1b[99999999999999999999b", "\x1b[2147483647:5b", "\x1b[0002147483647b"])(
    "%j is no way around that",
    async (sequence) => {
      const { write, lines } = terminal();
      await write(`x${sequence}y`);
      expect(lines().filter(Boolean)).toEqual(["xy"]);
    },
  );

  test("a sequence in pieces is the same one", async () => {
    const { write, lines } = terminal();
    for (const piece of ["x", "\x1b", "[", "21474", "83647", "b", "y"]) {
      await write(piece);
    }
    expect(lines().filter(Boolean)).toEqual(["xy"]);
  });

  test("what the screen has room for is done", async () => {
    const { write, lines, xterm } = terminal();
    await write(`x\x1b[${COLUMNS}b`);
    expect(lines().slice(0, 2)).toEqual(["x".repeat(COLUMNS), "x"]);
    await write(`\x1b[H\x1b[${ROWS}Ly\x1b[1;1H\x1b[2I\x1b[Z`);
    expect(lines()[0]).toBe("y");
    expect(xterm.buffer.active.cursorX).toBe(8);
  });

  test("a title or colours of a megabyte are ignored, shorter ones are not", async () => {
    const { write, xterm } = terminal();
    const titles: string[] = [];
    const answers: string[] = [];
    xterm.onTitleChange((title) => titles.push(title));
    xterm.onData((data) => answers.push(data));
    await write(`\x1b]2;${"x".repeat(1_000_000)}\x07\x1b]0;${"x".repeat(1_000_000)}\x07\x1b]2;short\x07`);
    await write(`\x1b]4;${"1;?;".repeat(5000)}\x07\x1b]10;${"?;".repeat(5000)}\x07`);
    expect(titles).toEqual(["short"]);
    expect(answers).toEqual([]);
  });

  test("links are text", async () => {
    const { write, lines, xterm } = terminal();
    for (let count = 0; count < 100; count += 1) {
      await write(`\r\x1b]8;id=${count};https://example.test/${count}\x1b\\a\x1b]8;;\x1b\\`);
    }
    expect(lines()[0]).toBe("a");
    // Each link would be a marker of its line for as long as that is there.
    expect(xterm.markers).toHaveLength(0);
  });
});

describe("marks on one letter", () => {
  test("are sixteen at most, also when they come one by one", async () => {
    const { write, xterm } = terminal();
    await write("a");
    for (let count = 0; count < 10; count += 1) {
      await write("\u0301\u0301\u200d\ufe0f");
    }
    await write("b");
    const line = xterm.buffer.active.getLine(0);
    expect(line?.getCell(0)?.getChars()).toBe(`a${"\u0301\u0301\u200d\ufe0f".repeat(4)}`);
    expect(line?.getCell(1)?.getChars()).toBe("b");
  });

  test.each(["Zażółć", "สวัสดีครับที่นี่", "हिन्दी में लिखा", "👩‍👩‍👧‍👦 ❤️", "plain\r\n\x1b[1mbold", "│····─┘"])(
    "as languages use them are left: %s",
    (text) => {
      expect(limitMarks()(text)).toBe(text);
    },
  );

  test("all that xterm gives no width is a mark", async () => {
    const limited = limitMarks();
    const letters = Array.from({ length: 0x2_0000 - 0xa0 }, (_, index) => String.fromCodePoint(0xa0 + index))
      .filter((letter) => !/[\ud800-\udfff]/u.test(letter))
      .filter((letter) => limited(`a${letter.repeat(17)}`).length === 1 + 17 * letter.length);
    const missed: string[] = [];
    const { xterm } = terminal();
    for (let begin = 0; begin < letters.length; begin += ROWS * 16) {
      const some = letters.slice(begin, begin + ROWS * 16);
      const cells = some.map((letter, index) => ({ letter, row: index % ROWS, column: 4 * Math.floor(index / ROWS) }));
      const text = cells.map(({ letter, row, column }) => `\x1b[${row + 1};${column + 1}Ha${letter}`);
      await new Promise<void>((done) => xterm.write(`\x1b[2J${text.join("")}`, done));
      const joined = cells.filter(
        ({ row, column }) => xterm.buffer.active.getLine(row)?.getCell(column)?.getChars() !== "a",
      );
      missed.push(...joined.map(({ letter }) => (letter.codePointAt(0) ?? 0).toString(16)));
    }
    expect(missed).toEqual([]);
  });
});

test("what is pasted goes in parts that the server takes, with no letter cut in two", () => {
  const text = `${"x".repeat(16 * 1024 - 1)}👩${"y".repeat(40_000)}`;
  const parts = partsOf({ kind: "keys", text }).map((part) => (part as Extract<ClientMessage, { kind: "keys" }>).text);
  expect(parts.join("")).toBe(text);
  expect(parts.every((part) => part.length <= 16 * 1024)).toBe(true);
  expect(parts.every((part) => Buffer.from(part).toString() === part)).toBe(true);
  expect(partsOf({ kind: "size", columns: 80, rows: 24 })).toHaveLength(1);
});
