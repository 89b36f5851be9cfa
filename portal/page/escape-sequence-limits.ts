import type { Terminal } from "@xterm/xterm";

/** Longest title or colour sequence. xterm would accept 10 MB, and parse each colour. */
const LONGEST_OSC = 4096;
/** Titles, and colours: set, asked for, and set back. */
const BOUNDED_OSC = [0, 1, 2, 4, 10, 11, 12, 104] as const;
const HYPERLINK_OSC = 8;
/** Most combining marks per character; xterm stores and draws all of them. */
const MOST_MARKS = 16;

/**
 * Bounds the cost of one escape sequence. xterm repeats a character, inserts lines, scrolls and tabs up to 2^31 times; counts
 * larger than the screen are ignored.
 */
export function limitSequences(terminal: Terminal): void {
  const { parser } = terminal;
  const limits = { rows: "LMST", cols: "bIZ" } as const;
  for (const [size, finals] of Object.entries(limits) as ["rows" | "cols", string][]) {
    for (const final of finals) {
      parser.registerCsiHandler({ final }, ([count]) => typeof count === "number" && count > terminal[size]);
    }
  }
  for (const id of BOUNDED_OSC) {
    parser.registerOscHandler(id, (data) => data.length > LONGEST_OSC);
  }
  // Hyperlinks are ignored: they take memory, and a node's links are not trusted.
  parser.registerOscHandler(HYPERLINK_OSC, () => true);
}

/** Returns a filter for pieces of text that drops excess combining marks. */
export function limitMarks(): (text: string) => string {
  let marks = 0;
  return (text) => {
    // Most pieces have none.
    if (marks === 0 && !/[^\0-\u02ff]/.test(text)) {
      return text;
    }
    let kept = "";
    for (const letter of text) {
      marks = isMark(letter) ? marks + 1 : 0;
      kept += marks > MOST_MARKS ? "" : letter;
    }
    return kept;
  };
}

/** Whether xterm puts a character into the previous cell: marks, and others without width. */
function isMark(letter: string): boolean {
  return /[\p{Mn}\p{Me}\p{Mc}\p{Cf}\u06de\u1160-\u11ff]/u.test(letter);
}
