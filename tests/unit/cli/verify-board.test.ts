import { describe, expect, it, vi } from "vitest";
import { colorsFor } from "../../../cli/ui/stream";
import { NOT_BEGUN } from "../../../cli/ui/table/model";
import { renderTable } from "../../../cli/ui/table/render";
import {
  type RunningVerdictBoard,
  reduce,
  startVerdictBoard,
  type VerdictEvent,
  type VerdictTable,
  verdictTable,
} from "../../../cli/workflows/verify/board";
import { textWidth } from "../../../core/text";
import { RecordedStream, recordedTerminal, useStillTerminal } from "./ui/stream-double";
import { blocked, failed, passed, STEPS } from "./verify-double";

const [ONE, TWO, THREE] = STEPS as [(typeof STEPS)[0], (typeof STEPS)[0], (typeof STEPS)[0]];
const START = 1_000_000;
const STAGES = [
  { title: "step 1", shortTitle: "step 1", listTitle: "1  A container", verb: "passed" },
  { title: "step 2", shortTitle: "step 2", listTitle: "2  An image from it", verb: "passed" },
  { title: "step 3", shortTitle: "step 3", listTitle: "3  A scan", verb: "passed" },
] as const;

/** A board after events, each a second after the one before it. */
function boardAfter(seats: readonly string[], events: readonly VerdictEvent[]): VerdictTable {
  const start = verdictTable("lesson", seats, STEPS, START);
  return events.reduce((table, event, index) => reduce(table, event, START + (index + 1) * 1000), start);
}

function started(seat: string, step: string, command: string): VerdictEvent[] {
  return [
    { kind: "seat started", seat },
    { kind: "step started", seat, step },
    { kind: "command started", seat, step, command },
  ];
}

/** The board's lines as a terminal shows them. */
function linesOf(board: VerdictTable, size: { columns?: number; rows?: number; now?: number } = {}): string[] {
  const { columns = 80, rows = 24, now = START + 10_000 } = size;
  return renderTable(board, { columns, rows, now, colors: colorsFor(new RecordedStream()) })
    .split("\n")
    .map((line) => line.trimEnd());
}

function seatNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `seat${String(index + 1).padStart(2, "0")}`);
}

describe("reduce", () => {
  it("follows a step from its start to its end", () => {
    const events = started("seat01", "1", "docker\u001b[1m version\n--format x");
    const running = boardAfter(["seat01"], events).rows[0];
    const cell = {
      stage: STAGES[0],
      state: "running",
      startedAt: START + 2000,
      endedAt: undefined,
      detail: "docker version",
      detailAt: START + 3000,
    };
    expect(running).toEqual({
      name: "seat01",
      status: "running",
      message: "connecting",
      startedAt: START + 1000,
      cells: [cell, { ...NOT_BEGUN, stage: STAGES[1] }, { ...NOT_BEGUN, stage: STAGES[2] }],
    });
    const ended = boardAfter(["seat01"], [...events, { kind: "step ended", seat: "seat01", verdict: passed(ONE) }]);
    expect(ended.rows[0]?.cells[0]).toEqual({ ...cell, state: "done", endedAt: START + 2500, detail: "" });
  });

  it("has no detail of a failed or blocked step for which nothing was found", () => {
    const { failure: _, ...unexplained } = failed(ONE);
    const board = boardAfter(
      ["seat01"],
      [
        { kind: "step ended", seat: "seat01", verdict: unexplained },
        { kind: "step ended", seat: "seat01", verdict: { ...unexplained, id: "2", outcome: "blocked" } },
      ],
    );
    expect(board.rows[0]?.cells.map(({ state, detail }) => [state, detail])).toEqual([
      ["failed", ""],
      ["blocked", ""],
      ["waiting", ""],
    ]);
  });

  it("leaves the other seats alone", () => {
    const board = boardAfter(["seat01", "seat02"], started("seat02", "1", "true"));
    expect(board.rows.map(({ status }) => status)).toEqual(["waiting", "running"]);
  });

  it("stops what is under way when the seat comes to its end", () => {
    const events = started("seat01", "1", "sleep 60");
    const board = boardAfter(["seat01"], [...events, { kind: "seat ended", seat: "seat01", outcome: "interrupted" }]);
    const [row] = board.rows;
    const stopped = {
      stage: STAGES[0],
      state: "stopped",
      startedAt: START + 2000,
      endedAt: START + 4000,
      detail: "",
      detailAt: START + 3000,
    };
    expect(row).toEqual({
      name: "seat01",
      status: "stopped",
      message: "stopped",
      startedAt: START + 1000,
      cells: [stopped, { ...NOT_BEGUN, stage: STAGES[1] }, { ...NOT_BEGUN, stage: STAGES[2] }],
    });
  });

  it("takes how long a seat took from its own start", () => {
    const later: VerdictEvent[] = [{ kind: "seat started", seat: "seat02" }, ...started("seat01", "1", "true")];
    const board = boardAfter(
      ["seat01", "seat02"],
      [...later, { kind: "seat ended", seat: "seat01", outcome: "failed" }],
    );
    expect(board.rows.map(({ cells: _, ...row }) => row)).toEqual([
      { name: "seat01", status: "failed", message: "failed after 3.0 s", startedAt: START + 2000 },
      { name: "seat02", status: "running", message: "connecting", startedAt: START + 1000 },
    ]);
  });
});

describe("the board of one seat", () => {
  it("lists its steps with their titles, times and what is going on", () => {
    const board = boardAfter(
      ["seat01"],
      [
        ...started("seat01", "1", "docker version"),
        { kind: "step ended", seat: "seat01", verdict: passed(ONE) },
        { kind: "step started", seat: "seat01", step: "2" },
        { kind: "command started", seat: "seat01", step: "2", command: "docker run --rm figlet" },
      ],
    );
    expect(linesOf(board, { now: START + 8000 })).toEqual([
      "lesson on seat01: 1 of 3 steps passed · 8 s",
      "  ✓ 1  A container       0.5 s",
      expect.stringMatching(/^ {2}\S 2 {2}An image from it {2}3 s {6}docker run --rm figlet$/),
      "  · 3  A scan",
    ]);
  });

  it("counts a single step in the singular", () => {
    expect(verdictTable("lesson", ["seat01"], [ONE], START).summary).toBe("0 of 1 step passed");
  });

  it("says what was found wrong, and what followed from it", () => {
    const board = boardAfter(
      ["seat01"],
      [
        { kind: "seat started", seat: "seat01" },
        { kind: "step ended", seat: "seat01", verdict: passed(ONE) },
        { kind: "step ended", seat: "seat01", verdict: failed(TWO, "exit code 125\nand more") },
        { kind: "step ended", seat: "seat01", verdict: blocked(THREE) },
        { kind: "seat ended", seat: "seat01", outcome: "failed" },
      ],
    );
    expect(linesOf({ ...board, endedAt: START + 12_300 })).toEqual([
      "lesson on seat01: 1 of 3 steps passed, 1 failed · 12 s",
      "  ✓ 1  A container       0.5 s",
      "  ✗ 2  An image from it  0.4 s    exit code 125",
      "  - 3  A scan            blocked  exit code 125: no such image",
    ]);
  });
});

describe("the board of a class", () => {
  const events: VerdictEvent[] = [
    ...started("seat01", "1", "x"),
    ...STEPS.map((step): VerdictEvent => ({ kind: "step ended", seat: "seat01", verdict: passed(step) })),
    { kind: "seat ended", seat: "seat01", outcome: "passed" },
    ...started("seat02", "2", "docker image build -t hello:v0.1 ."),
    { kind: "seat started", seat: "seat03" },
    { kind: "seat started", seat: "seat04" },
    { kind: "step ended", seat: "seat04", verdict: failed(TWO) },
    { kind: "seat ended", seat: "seat04", outcome: "failed" },
  ];

  it("is a table of seats by steps", () => {
    const lines = linesOf(boardAfter(seatNames(5), events), { now: START + 11_000 });
    expect(lines).toEqual([
      "lesson: 1 of 5 seats passed, 1 failed · 11 s",
      "        step 1   step 2   step 3",
      "seat01  ✓ 0.5 s  ✓ 0.5 s  ✓ 0.5 s  passed in 6.0 s",
      expect.stringMatching(/^seat02 {2}· {8}\S 2 s {4}· {8}docker image build -t hello:v0\.1 \.$/),
      "seat03  ·        ·        ·        connecting",
      "seat04  ·        ✗ 0.4 s  ·        exit code 125: no such image",
      "seat05  ·        ·        ·",
    ]);
  });

  it("names in a word what was blocked or stopped", () => {
    const ended: VerdictEvent[] = [
      { kind: "step ended", seat: "seat01", verdict: failed(TWO) },
      { kind: "step ended", seat: "seat01", verdict: blocked(THREE) },
      ...started("seat02", "1", "x"),
      { kind: "seat ended", seat: "seat02", outcome: "interrupted" },
    ];
    expect(linesOf(boardAfter(seatNames(2), ended)).slice(2)).toEqual([
      "seat01  ·        ✗ 0.4 s  blocked  exit code 125: no such image",
      "seat02  stopped  ·        ·        stopped",
    ]);
  });

  it("tells one step a seat where the terminal is narrow", () => {
    const lines = linesOf(boardAfter(seatNames(5), events), { columns: 40 });
    expect(lines).toEqual([
      "lesson: 1 of 5 seats passed, 1 failed…",
      "seat01  ✓ passed in 6.0 s",
      expect.stringMatching(/^seat02 {2}\S 0\/3 step 2 {2}1 s {2}docker imag…$/),
      expect.stringMatching(/^seat03 {2}\S connecting$/),
      "seat04  ✗ 0/3 step 2  exit code 125: n…",
      "seat05  waiting",
    ]);
  });

  it("folds a class that is larger than the terminal: what failed and what is going on stays in sight", () => {
    const lines = linesOf(boardAfter(seatNames(30), events), { rows: 8 });
    expect(lines.slice(2)).toEqual([
      expect.stringMatching(/^seat02 /),
      expect.stringMatching(/^seat03 /),
      expect.stringMatching(/^seat04 /),
      expect.stringMatching(/^seat05 /),
      "… and 26 more seats: 1 passed, 25 waiting",
    ]);
    const lower = linesOf(boardAfter(seatNames(30), events), { rows: 6 });
    expect(lower.slice(2)).toEqual([
      expect.stringMatching(/^seat02 /),
      expect.stringMatching(/^seat04 /),
      "… and 28 more seats: 1 passed, 1 running, 26 waiting",
    ]);
  });

  it.each([
    [1, 20],
    [1, 80],
    [2, 33],
    [30, 45],
    [30, 80],
    [30, 120],
  ])("with %i seats and %i columns no line is too wide and there are not too many", (count, columns) => {
    const long = failed(TWO, "x".repeat(300));
    for (let number = 0; number <= events.length; number += 1) {
      const board = boardAfter(seatNames(count), [
        ...events.slice(0, number),
        { kind: "step ended", seat: "seat01", verdict: long },
      ]);
      for (const rows of [6, 24]) {
        const lines = renderTable(board, { columns, rows, now: START, colors: colorsFor(new RecordedStream()) }).split(
          "\n",
        );
        expect(lines.length).toBeLessThan(rows);
        expect(Math.max(...lines.map((line) => textWidth(line.trimEnd())))).toBeLessThan(columns);
      }
    }
  });
});

describe("startVerdictBoard", () => {
  useStillTerminal();

  function start(stream: RecordedStream, seats: readonly string[], json = false): RunningVerdictBoard {
    return startVerdictBoard({ stream, json, title: "lesson", seats, steps: STEPS });
  }

  it("redraws in place on a terminal, ticks without events, and leaves every seat standing", () => {
    const stream = recordedTerminal();
    stream.rows = 6;
    const board = start(stream, seatNames(9));
    for (const event of started("seat05", "1", "docker version")) {
      board.onEvent(event);
    }
    vi.advanceTimersByTime(3000);
    expect(stream.lines.join("\n")).toMatch(/seat05 {2}\S 3 s {4}· {8}· {8}docker version/);
    expect(stream.lines.join("\n")).toContain("more seats");
    board.stop();
    expect(stream.lines.slice(-9).map((line) => line.slice(0, 6))).toEqual(seatNames(9));
    const written = stream.writes.length;
    vi.advanceTimersByTime(3000);
    board.stop();
    expect(stream.writes.length).toBe(written);
  });

  it("says in lines what begins and how each step ended where there is no terminal", () => {
    const stream = new RecordedStream();
    const board = start(stream, ["seat01", "seat02"]);
    started("seat01", "1", "docker version").forEach(board.onEvent);
    board.onEvent({ kind: "step ended", seat: "seat01", verdict: passed(ONE) });
    expect(stream.lines.at(-1)).toBe("seat01  step 1  passed in 0.5 s");
    board.onEvent({ kind: "step ended", seat: "seat01", verdict: failed(TWO, "\u001b[31mexit\u0008 code\n125") });
    board.onEvent({ kind: "step ended", seat: "seat01", verdict: blocked(THREE) });
    board.stop();
    board.stop();
    expect(stream.text).toBe(
      [
        "lesson on 2 seats: step 1, step 2, step 3",
        "seat01  step 1  passed in 0.5 s",
        "seat01  step 2  failed after 0.4 s: exit code",
        "seat01  step 3  blocked: a step that it needs failed",
        "",
      ].join("\n"),
    );
  });

  it("shows a sign of life after 30 s without a line, and none after the end", () => {
    const stream = new RecordedStream();
    const board = start(stream, ["seat01", "seat02", "seat03"]);
    [...started("seat01", "2", "x"), ...started("seat02", "2", "x")].forEach(board.onEvent);
    vi.advanceTimersByTime(20_000);
    expect(stream.lines.slice(1)).toEqual([
      "seat01  step 2  still running after 15 s: x",
      "seat02  step 2  still running after 15 s: x",
    ]);
    board.onEvent({ kind: "step ended", seat: "seat03", verdict: passed(ONE) });
    vi.advanceTimersByTime(29_000);
    expect(stream.lines).toHaveLength(4);
    vi.advanceTimersByTime(2000);
    expect(stream.lines.at(-1)).toBe("at work for 50 s: step 2 on 2 seats; 0 of 3 seats passed");
    board.stop();
    vi.advanceTimersByTime(60_000);
    expect(stream.lines).toHaveLength(5);
  });

  it("draws nothing for a program that reads the result", () => {
    const stream = recordedTerminal();
    const board = start(stream, ["seat01"], true);
    started("seat01", "1", "docker version").forEach(board.onEvent);
    vi.advanceTimersByTime(60_000);
    board.stop();
    expect(stream.text).toBe("");
  });
});
