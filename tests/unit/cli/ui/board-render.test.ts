import picocolors from "picocolors";
import { describe, expect, it } from "vitest";
import { type Board, emptyBoard, emptyRow, phaseRecord, WAITING } from "../../../../cli/ui/board/model";
import { renderOutcome } from "../../../../cli/ui/board/outcome";
import { boardTable } from "../../../../cli/ui/board/table";
import { renderTable } from "../../../../cli/ui/table/render";
import { textWidth } from "../../../../core/text";
import { diagnostic, EVENT_MS, play, recording, urnOf } from "./recordings";

const NO_COLORS = picocolors.createColors(false);
const RECORDINGS = ["preview", "up", "unchanged", "replaced", "refreshed-and-failed", "failed", "down", "one-seat"];

function draw(board: Board, columns: number, rows = 50, now = board.endedAt ?? 0): string[] {
  return renderTable(boardTable(board), { columns, rows, now, colors: NO_COLORS }).split("\n");
}

/** A class in which the first seats are ready, the next ones run and the rest wait. */
function classOf(ready: number, running: number, waiting: number): Board {
  const seats = Array.from({ length: ready + running + waiting }, (_, index) => {
    const name = `seat${String(index + 1).padStart(2, "0")}`;
    const row = emptyRow(name, `${name}-node1`);
    if (index < ready) {
      return {
        ...row,
        phases: phaseRecord(() => ({ ...WAITING, state: "done", startedAt: 0, endedAt: 4200 }) as const),
      };
    }
    const machine = { ...WAITING, state: "running", startedAt: 0 } as const;
    return index < ready + running ? { ...row, phases: { ...row.phases, machine } } : row;
  });
  return { ...emptyBoard(0), seats };
}

describe("the table of a Pulumi operation", () => {
  it("shows a failed class at 120 columns", () => {
    expect(draw(play(recording("failed")), 120)).toEqual([
      "1 of 2 seats ready, 1 failed · 18 s",
      "class   2 shared resources done",
      "        machine  cloud-init  Docker   base images  figlet   hello:v0.1  hello:v0.2",
      "seat01  ✓ 0.3 s  ✓ 0.5 s     ✓ 0.4 s  ✓ 1.2 s      ✓ 0.7 s  ✓ 0.5 s     ✓ 0.4 s     ready in 5.7 s",
      'seat02  ✓ 0.6 s  ✓ 0.7 s     ✗ 0.1 s  ·            ·        Process exited with status 1: running "lab-gate":',
    ]);
  });

  it("at 80 columns has short titles, and a long detail takes the place of phases not begun", () => {
    const lines = draw(play(recording("failed")), 80);
    expect(lines[2]).toBe("       machine cloud   Docker  base    figlet  v0.1    v0.2");
    expect(lines[4]).toMatch(/^seat02 ✓ \S+ s ✓ \S+ s ✗ \S+ s {2}Process exited with status 1: running "lab-gat…$/);
  });

  it("below that shows one phase a seat", () => {
    expect(draw(play(recording("failed")), 50)).toEqual([
      "1 of 2 seats ready, 1 failed · 18 s",
      "class   2 shared resources done",
      expect.stringMatching(/^seat01 {2}✓ ready in \S+ s$/),
      "seat02  ✗ 2/7 Docker  Process exited with status…",
    ]);
  });

  it("shows the plan in a preview, and what stays or goes elsewhere", () => {
    expect(draw(play(recording("preview")), 100)[1]).toBe("class  2 shared resources to create");
    expect(draw(play(recording("preview")), 100).at(-1)).toMatch(/^seat02 (create\s+){7}$/);
    expect(draw(play(recording("unchanged")), 100).at(-1)).toMatch(/^seat02 (same\s+){7}$/);
    expect(draw(play(recording("down")), 100).at(-1)).toMatch(/^seat02 (gone\s+){7}$/);
    expect(draw(play(recording("down")), 100)[0]).toContain("2 of 2 seats deleted");
  });

  it("ticks while something runs", () => {
    const board = classOf(0, 1, 0);
    expect(draw(board, 80, 24, 12_400).at(-1)).toMatch(/^seat01 \S 12 s/);
    expect(draw(board, 80, 24, 75_000).at(-1)).toMatch(/^seat01 \S 1m15s/);
    expect(draw(board, 80, 24, 75_000)[0]).toContain("1 m 15 s");
  });

  it("shows the shared resource under way with its latest step", () => {
    const image = "urn:pulumi:t::lab-nodes::lab-nodes:index:Classroom$docker:index/image:Image::lab-node-image";
    const events = recording("up");
    const built = events.find((event) => event.diagnosticEvent?.urn === image);
    const board = play(events.filter((event) => event.sequence <= (built?.sequence ?? 0)));
    const lines = draw(board, 80, 24, (built?.sequence ?? 0) * EVENT_MS);
    expect(lines[1]).toMatch(/^class {2}\S 1\/2 lab-node-image {2}\d s {2}Step 1\/4 : FROM debian:bookworm$/);
  });

  it("says what a seat without a phase failed of, on the class row when it is nobody's", () => {
    const lines = draw(play([diagnostic(1, "error", "error: no such stack\nat x")]), 80);
    expect(lines[1]).toBe("class ✗ error: no such stack");
  });

  it("fits 30 seats on 34 lines, one line a seat", () => {
    const lines = draw(classOf(10, 10, 10), 80, 33);
    expect(lines.filter((line) => line.startsWith("seat")).length).toBe(30);
    expect(lines.join("\n")).not.toContain("more seats");
  });

  it("on a lower terminal folds away the seats that need no watching", () => {
    const lines = draw(classOf(10, 10, 10), 80, 24);
    expect(lines.length).toBe(23);
    expect(lines.at(-1)).toBe("… and 10 more seats: 10 ready");
    expect(lines.some((line) => line.startsWith("seat11"))).toBe(true);
  });

  it.each(RECORDINGS)("%s: at any moment and any size no line is too wide and there are not too many", (name) => {
    const events = recording(name);
    for (let shown = 0; shown <= events.length; shown += 7) {
      const board = play(events.slice(0, shown));
      for (const columns of [20, 40, 60, 79, 80, 81, 100, 107, 108, 120, 200]) {
        for (const rows of [6, 24]) {
          const lines = draw(board, columns, rows, 600_000);
          expect(Math.max(...lines.map(textWidth))).toBeLessThan(columns);
          expect(lines.length).toBeLessThan(rows);
        }
      }
    }
  });
});

describe("renderOutcome", () => {
  it("gives each failure whole, in the order of seats, and sums up", () => {
    const gate = (seat: string) => urnOf("command:remote:Command", `${seat}-node1-ready`);
    const board = play([
      diagnostic(1, "error", "first\n  second", gate("seat10")),
      diagnostic(2, "error", "other", gate("seat02")),
      diagnostic(3, "warning", "zlib moved\n  from 1 to 2", gate("seat02")),
    ]);
    expect(renderOutcome(board, NO_COLORS)).toBe(
      [
        "✗ seat02 failed in cloud-init (command:remote:Command seat02-node1-ready)",
        "    other",
        "",
        "✗ seat10 failed in cloud-init (command:remote:Command seat10-node1-ready)",
        "    first",
        "      second",
        "",
        "warning: seat02: zlib moved",
        "      from 1 to 2",
        "",
        "the engine gave no summary; 2 of 2 seats failed: seat02, seat10",
      ].join("\n"),
    );
  });

  it.each([
    ["up", /^28 created in \S+ s$/],
    ["unchanged", /^28 unchanged in \S+ s$/],
    ["replaced", /^1 changed, 6 replaced, 21 unchanged in \S+ s$/],
    ["preview", /^28 to create in \S+ s$/],
    ["down", /^28 deleted in \S+ s$/],
    ["failed", /^22 created in \S+ s; 1 of 2 seats failed: seat02$/],
  ] as const)("%s ends with one line of counts", (name, expected) => {
    expect(
      renderOutcome(play(recording(name)), NO_COLORS)
        .split("\n")
        .at(-1),
    ).toMatch(expected);
  });
});
