import type { Terminal } from "@xterm/xterm";

/** Longer titles and colours than any program sets. xterm would take 10 MB of them, and look at each colour in turn. */
const LONGEST_OSC = 4096;
/** Titles, and colours: set, asked for, and set back. */
const BOUNDED_OSC = [0, 1, 2, 4, 10, 11, 12, 104] as const;
const HYPERLINK_OSC = 8;
/** Letters with more marks than this are made to fill memory: xterm keeps all marks of a cell, and draws them each time. */
const MOST_MARKS = 16;

/**
 * Bounds what one sequence from a node can cost a browser. xterm repeats a letter, inserts lines, scrolls and tabs as often as it
 * is told, up to 2^31 times, and nothing stops it. More than the screen has room for is ignored.
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
  // Each link is kept for as long as its line, however many a line has. What a node calls a link is no link of ours, either.
  parser.registerOscHandler(HYPERLINK_OSC, () => true);
}

/** Drops what more marks a letter has than any language uses. Text comes in pieces: gives what to do with each of them. */
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

/** Whether xterm puts a letter into the cell of the one before: marks, and what else has no width. */
function isMark(letter: string): boolean {
  return /[\p{Mn}\p{Me}\p{Mc}\p{Cf}\u06de\u1160-\u11ff]/u.test(letter);
}
