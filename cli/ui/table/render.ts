import { clip, compactDuration, fill, formatDuration, formatElapsed, spinnerAt, textWidth } from "../../../core/text";
import type { Colors } from "../stream";
import { type Cell, currentCell, fold, type Row, STATE_RANK, STATUS_RANK, type Table } from "./model";

/** What a table is drawn onto. */
export interface View {
  readonly columns: number;
  /** Lines of the terminal; the table uses one less, for the cursor. */
  readonly rows: number;
  readonly now: number;
  readonly colors: Colors;
}

type Paint = (text: string) => string;

/** The columns that fit. */
interface Layout {
  readonly nameWidth: number;
  readonly gap: string;
  /** None where the terminal is too narrow: then each row shows its current stage alone. */
  readonly columns: readonly { readonly title: string; readonly width: number }[];
  readonly detailWidth: number;
}

/** Columns of a mark, a space and a duration: "✓ 2m05s". */
const CELL_WIDTH = 7;
/** Columns of a duration alone, or one word. */
const TIME_WIDTH = 7;
/** Two columns before a stage's line in the list, a mark and a space. */
const LIST_MARGIN = 4;

/** The whole table as lines of at most `columns - 1` columns, and fewer lines than `rows`. */
export function renderTable(table: Table, view: View): string {
  const { title, summary, startedAt, endedAt, rows, stages } = table;
  const elapsed = endedAt === undefined ? formatElapsed(view.now - startedAt) : formatDuration(endedAt - startedAt);
  const header = `${title === "" ? "" : `${title}: `}${summary} · ${elapsed}`;
  const [only, ...others] = rows;
  const isList = only !== undefined && others.length === 0 && stages.every(({ listTitle }) => listTitle !== undefined);
  const body = isList ? renderList(only, view) : renderRows(table, view);
  return [view.colors.bold(clip(header, view.columns - 1)), ...body].join("\n");
}

/** A single seat, its stages below each other. */
function renderList({ cells }: Row, view: View): string[] {
  const { colors } = view;
  // One column stays free: a line that fills the last one makes some terminals wrap.
  const available = view.columns - 1 - LIST_MARGIN - TIME_WIDTH - 2;
  const widest = Math.max(0, ...cells.map((cell) => textWidth(listTitle(cell))));
  const titleWidth = Math.max(0, Math.min(widest, available));
  const detailWidth = available - titleWidth - 2;
  const { shown, folded } = fold(cells, view.rows - 2, ({ state }) => STATE_RANK[state]);
  const lines = shown.map((cell) => {
    const [mark, time, paint] = cellTexts(cell, view);
    const line = `  ${paint(mark)} ${fill(listTitle(cell), titleWidth)}  ${paint(fill(time, TIME_WIDTH))}`;
    const paintDetail = cell.state === "failed" ? colors.red : colors.dim;
    return cell.detail === "" || detailWidth < 3 ? line : `${line}  ${paintDetail(clip(cell.detail, detailWidth))}`;
  });
  return folded.length === 0 ? lines : [...lines, colors.dim(`  … and ${folded.length} more steps`)];
}

function listTitle({ stage }: Cell): string {
  return stage.listTitle ?? stage.title;
}

/** The table: a line a seat, and one for what all seats share. */
function renderRows(table: Table, view: View): string[] {
  const { colors } = view;
  const layout = layOut(table, view.columns);
  const shared = table.shared === undefined ? [] : [renderInOneLine(table.shared, layout, view)];
  const titles = layout.columns.map(({ title, width }) => fill(title, width));
  const titleLine = [" ".repeat(layout.nameWidth), ...titles].join(layout.gap).trimEnd();
  const above = [...shared, ...(titles.length === 0 || table.rows.length === 0 ? [] : [colors.dim(titleLine)])];
  const { shown, folded } = fold(table.rows, view.rows - 2 - above.length, ({ status }) => STATUS_RANK[status]);
  return [...above, ...shown.map((row) => renderRow(row, layout, view)), ...renderFolded(folded, view)];
}

/** The widest layout that leaves room for details: full titles, else short ones, else one stage a seat. */
function layOut({ shared, rows, stages }: Table, columns: number): Layout {
  const nameWidth = Math.max(
    0,
    ...[...rows, ...(shared === undefined ? [] : [shared])].map(({ name }) => textWidth(name)),
  );
  const available = columns - 1;
  const candidates = [
    { titles: stages.map(({ title }) => title), gap: "  ", leastDetailWidth: 24 },
    { titles: stages.map(({ shortTitle }) => shortTitle), gap: " ", leastDetailWidth: 12 },
  ];
  for (const { titles, gap, leastDetailWidth } of candidates) {
    const cells = titles.map((title) => ({ title, width: Math.max(textWidth(title), CELL_WIDTH) }));
    const taken = cells.reduce((sum, { width }) => sum + gap.length + width, nameWidth);
    const detailWidth = available - taken - 2;
    if (detailWidth >= leastDetailWidth) {
      return { nameWidth, gap, columns: cells, detailWidth };
    }
  }
  return { nameWidth, gap: "  ", columns: [], detailWidth: 0 };
}

function renderRow(row: Row, layout: Layout, view: View): string {
  if (layout.columns.length === 0) {
    return renderInOneLine(row, layout, view);
  }
  const detail = currentCell(row)?.detail ?? row.message;
  const { columns, detailWidth } = widenDetail(row, layout, textWidth(detail));
  const texts = row.cells.slice(0, columns.length).map((cell, index) => {
    const [mark, time, paint] = cellTexts(cell, view);
    // A column has no space for a mark beside the words "blocked" and "stopped".
    return paint(fill(mark === "-" ? time : `${mark} ${time}`, columns[index]?.width ?? CELL_WIDTH));
  });
  const line = [fill(row.name, layout.nameWidth), ...texts].join(layout.gap);
  return detail === "" ? line : `${line}  ${paintOf(row, view.colors)(clip(detail, detailWidth))}`;
}

/** A detail too long for its column takes the place of the stages not yet begun: they have nothing to say. */
function widenDetail({ cells }: Row, layout: Layout, wanted: number): Pick<Layout, "columns" | "detailWidth"> {
  const columns = [...layout.columns];
  let { detailWidth } = layout;
  for (let last = columns.at(-1); last !== undefined && detailWidth < wanted; last = columns.at(-1)) {
    if (cells[columns.length - 1]?.state !== "waiting") {
      break;
    }
    detailWidth += last.width + layout.gap.length;
    columns.pop();
  }
  return { columns, detailWidth };
}

/** A row as one line of text: its current stage with its number, or what there is to say of the whole. */
function renderInOneLine(row: Row, { nameWidth, gap }: Layout, view: View): string {
  const { colors, now, columns } = view;
  const name = `${fill(row.name, nameWidth)}${gap}`;
  const width = Math.max(0, columns - 1 - textWidth(name));
  const text = oneLineText(row, now);
  if (row.status === "running") {
    return `${name}${colors.cyan(spinnerAt(now))} ${clip(text, width - 2)}`;
  }
  const mark = { failed: "✗ ", ready: "✓ ", passed: "✓ " }[row.status as string] ?? "";
  return `${name}${paintOf(row, colors)(clip(`${mark}${text}`, width))}`;
}

function oneLineText(row: Row, now: number): string {
  const current = currentCell(row);
  if (current === undefined) {
    return row.message || row.status;
  }
  const settled = row.cells.filter(({ state }) => ["done", "unchanged", "deleted"].includes(state)).length;
  const elapsed = row.status === "failed" ? [] : [formatElapsed(now - (current.startedAt ?? now))];
  const stage = `${settled}/${row.cells.length} ${current.stage.title}`;
  return [stage, ...elapsed, current.detail].filter((part) => part !== "").join("  ");
}

function paintOf({ status }: Row, colors: Colors): Paint {
  if (status === "failed") {
    return colors.red;
  }
  return status === "ready" || status === "passed" ? colors.green : colors.dim;
}

/** A cell's mark, its time or one word, and its colour. */
function cellTexts(cell: Cell, { now, colors }: View): readonly [mark: string, time: string, paint: Paint] {
  const { state, plan, startedAt = now, endedAt = now } = cell;
  if (plan !== undefined) {
    return [plan, "", { create: colors.green, delete: colors.red }[plan] ?? colors.yellow];
  }
  const took = compactDuration(formatDuration(endedAt - startedAt));
  switch (state) {
    case "waiting":
      return ["·", "", colors.dim];
    case "running":
      return [spinnerAt(now), compactDuration(formatElapsed(now - startedAt)), colors.cyan];
    case "done":
      return ["✓", took, colors.green];
    case "failed":
      return ["✗", took, colors.red];
    case "blocked":
      return ["-", "blocked", colors.yellow];
    case "stopped":
      return ["-", "stopped", colors.dim];
    case "unchanged":
      return ["same", "", colors.dim];
    case "deleted":
      return ["gone", "", colors.dim];
  }
}

function renderFolded(folded: readonly Row[], { colors, columns }: View): string[] {
  if (folded.length === 0) {
    return [];
  }
  const counts = new Map<string, number>();
  for (const { status } of folded) {
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  const parts = [...counts].map(([status, count]) => `${count} ${status}`);
  return [colors.dim(clip(`… and ${folded.length} more seats: ${parts.join(", ")}`, columns - 1))];
}
