import type { Phase } from "./model";

/** How the table is laid out in the columns there are. */
export interface TableLayout {
  readonly kind: "full" | "short" | "one phase";
  readonly nameWidth: number;
  readonly gap: string;
  readonly cells: readonly CellLayout[];
  /** What is left for the latest detail; 0 when there is no room worth using. */
  readonly detailWidth: number;
}

export interface CellLayout {
  readonly phase: Phase;
  readonly title: string;
  readonly width: number;
}

/** Room for a mark, a space and a duration: "✓ 2m05s". */
const CELL_WIDTH = 7;
const LEAST_DETAIL_WIDTH = 12;

/** Titles for a narrow table, in table order. */
const SHORT_TITLES: readonly (readonly [Phase, string])[] = [
  ["machine", "machine"],
  ["cloud-init", "cloud"],
  ["Docker", "Docker"],
  ["base images", "base"],
  ["figlet", "figlet"],
  ["hello:v0.1", "v0.1"],
  ["hello:v0.2", "v0.2"],
];

/** The widest layout that leaves room for details; below that short titles, and below those one phase a seat. */
export function layOut(columns: number, nameWidth: number): TableLayout {
  // One column stays free: a line that fills the last one makes some terminals wrap.
  const room = columns - 1;
  const full = SHORT_TITLES.map(([phase]) => ({ phase, title: phase, width: Math.max(phase.length, CELL_WIDTH) }));
  const short = SHORT_TITLES.map(([phase, title]) => ({ phase, title, width: CELL_WIDTH }));
  const fullDetail = detailWidth(room, nameWidth, full, 2);
  if (fullDetail >= LEAST_DETAIL_WIDTH * 2) {
    return { kind: "full", nameWidth, gap: "  ", cells: full, detailWidth: fullDetail };
  }
  const shortDetail = detailWidth(room, nameWidth, short, 1);
  if (shortDetail >= LEAST_DETAIL_WIDTH) {
    return { kind: "short", nameWidth, gap: " ", cells: short, detailWidth: shortDetail };
  }
  return { kind: "one phase", nameWidth, gap: "  ", cells: [], detailWidth: Math.max(0, room - nameWidth - 2) };
}

function detailWidth(room: number, nameWidth: number, cells: readonly CellLayout[], gapWidth: number): number {
  const taken = cells.reduce((sum, cell) => sum + gapWidth + cell.width, nameWidth);
  return room - taken - 2;
}
