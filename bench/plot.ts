import { escapeHtml } from "../core/quoting";

/** One line of a plot. */
export interface Series {
  readonly name: string;
  /** [x, y], in order of x. */
  readonly points: readonly (readonly [number, number])[];
}

export interface Plot {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly series: readonly Series[];
}

const WIDTH = 640;
const HEIGHT = 360;
const MARGIN = { left: 64, right: 170, top: 40, bottom: 48 };
/** Told apart by people who do not see all colours, and by dashes in print. */
const STYLES = [
  { color: "#0072b2", dashes: "none" },
  { color: "#d55e00", dashes: "6 3" },
  { color: "#009e73", dashes: "2 3" },
  { color: "#cc79a7", dashes: "8 3 2 3" },
] as const;
const PAPER = "#ffffff";
const INK = "#24292f";
const GRID = "#d0d7de";

/** A line plot as SVG, on paper of its own: it is looked at in dark pages too. */
export function renderPlot({ title, xTitle, yTitle, series }: Plot): string {
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const xMax = Math.max(...xs);
  const yTicks = ticksTo(Math.max(...series.flatMap(({ points }) => points.map(([, y]) => y))));
  const yMax = yTicks.at(-1) ?? 1;
  const [right, bottom] = [WIDTH - MARGIN.right, HEIGHT - MARGIN.bottom];
  const xAt = (x: number) => round(MARGIN.left + (x / xMax) * (right - MARGIN.left));
  const yAt = (y: number) => round(bottom - (y / yMax) * (bottom - MARGIN.top));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="${INK}">`,
    `<title>${escapeHtml(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="${PAPER}"/>`,
    text(MARGIN.left, 22, title, 'font-size="14" font-weight="bold"'),
    ...yTicks.flatMap((y) => [
      `<line x1="${MARGIN.left}" y1="${yAt(y)}" x2="${right}" y2="${yAt(y)}" stroke="${GRID}"/>`,
      text(MARGIN.left - 8, yAt(y) + 4, String(y), 'text-anchor="end"'),
    ]),
    ...[...new Set(xs)].map((x) => text(xAt(x), bottom + 18, String(x), 'text-anchor="middle"')),
    text((MARGIN.left + right) / 2, HEIGHT - 10, xTitle, 'text-anchor="middle"'),
    text(
      16,
      (MARGIN.top + bottom) / 2,
      yTitle,
      `text-anchor="middle" transform="rotate(-90 16 ${(MARGIN.top + bottom) / 2})"`,
    ),
    ...series.flatMap((line, index) => renderSeries(line, index, xAt, yAt)),
    "</svg>",
    "",
  ].join("\n");
}

function renderSeries(
  { name, points }: Series,
  index: number,
  xAt: (x: number) => number,
  yAt: (y: number) => number,
): string[] {
  const { color, dashes } = STYLES[index % STYLES.length] ?? STYLES[0];
  const path = points.map(([x, y]) => `${xAt(x)},${yAt(y)}`).join(" ");
  const [left, top] = [WIDTH - MARGIN.right + 16, MARGIN.top + 8 + index * 20];
  return [
    `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes}"/>`,
    ...points.map(([x, y]) => `<circle cx="${xAt(x)}" cy="${yAt(y)}" r="3" fill="${color}"/>`),
    `<line x1="${left}" y1="${top}" x2="${left + 24}" y2="${top}" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes}"/>`,
    text(left + 30, top + 4, name, ""),
  ];
}

/** Round numbers from 0 past the greatest value: five or so. */
function ticksTo(most: number): number[] {
  const rough = Math.max(most, 1e-9) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough) ?? rough;
  const count = Math.ceil(most / step);
  return Array.from({ length: count + 1 }, (_, index) => round(index * step));
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escapeHtml(content)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
