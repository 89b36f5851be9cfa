import { median, percentile } from "./report";

/** What a portal took while its class did one thing. */
export interface Situation {
  readonly name: string;
  /** Milliseconds from key to echo, at browsers without a screen; Infinity for what never came. */
  readonly echoes: readonly number[];
  /** Milliseconds from key to screen in Chromium. */
  readonly keys: readonly number[];
  readonly charactersPerSecond: number;
  readonly messagesPerSecond: number;
  /** The portal's own processor time, in seconds a second. */
  readonly cpu: number;
  /** The portal's memory at the end of it, in bytes. */
  readonly resident: number;
  readonly proportional: number;
}

export interface PortalFigures {
  readonly seats: number;
  /** Machines that the seats are on; 0 for the echoing SSH server. */
  readonly nodes: number;
  readonly situations: readonly Situation[];
  readonly reloads: readonly number[];
  /** Milliseconds from Ctrl-C in a flooded terminal until its prompt. */
  readonly stop: number;
  readonly pageSize: number;
  /** What the machine had to do besides, as it says: average of running programs before it all began. */
  readonly loadBefore: number;
}

interface Row {
  readonly name: string;
  readonly of: (situation: Situation) => string;
}

const milliseconds = (value: number) =>
  Number.isNaN(value) ? "-" : Number.isFinite(value) ? value.toFixed(1) : "never";
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);

const ROWS: readonly Row[] = [
  { name: "keys pressed", of: ({ echoes }) => String(echoes.length) },
  { name: "key to echo, p50: ms", of: ({ echoes }) => milliseconds(median(echoes)) },
  { name: "key to echo, p95: ms", of: ({ echoes }) => milliseconds(percentile(echoes, 95)) },
  { name: "key to echo, most: ms", of: ({ echoes }) => milliseconds(Math.max(...echoes)) },
  { name: "key to screen in Chromium, p50: ms", of: ({ keys }) => milliseconds(median(keys)) },
  { name: "key to screen in Chromium, p95: ms", of: ({ keys }) => milliseconds(percentile(keys, 95)) },
  { name: "screen text: KB a second", of: ({ charactersPerSecond }) => (charactersPerSecond / 1e3).toFixed(1) },
  { name: "messages a second", of: ({ messagesPerSecond }) => messagesPerSecond.toFixed(0) },
  { name: "portal's processor: % of one core", of: ({ cpu }) => (cpu * 100).toFixed(1) },
  { name: "portal's memory, RSS: MB", of: ({ resident }) => megabytes(resident) },
  { name: "portal's memory, PSS: MB", of: ({ proportional }) => megabytes(proportional) },
];

/** Tables of what a class takes of its portal, and what was promised. */
export function renderPortalReport(figures: PortalFigures): string {
  const { situations, reloads, pageSize, stop } = figures;
  const rows = [
    ["", ...situations.map(({ name }) => name)],
    ...ROWS.map(({ name, of }) => [name, ...situations.map(of)]),
  ];
  const slowest = Math.max(...situations.map(({ echoes }) => percentile(echoes, 95)));
  const largest = Math.max(...situations.map(({ resident }) => resident));
  const promises: readonly (readonly [string, string, boolean])[] = [
    ["key to echo, p95 of each situation at most 50 ms", `${milliseconds(slowest)} ms`, slowest <= 50],
    ["the page at most 300 KB compressed", `${(pageSize / 1024).toFixed(0)} KB`, pageSize <= 300 * 1024],
    ["the portal's memory at most 150 MB", `${megabytes(largest)} MB`, largest <= 150e6],
    ["a reload at its prompt in 1000 ms (p50)", `${milliseconds(median(reloads))} ms`, median(reloads) <= 1000],
  ];
  const kept = promises.map(([what, value, isKept]) => `${what}: ${value}${isKept ? "" : ", NOT KEPT"}\n`);
  return `${conditions(figures)}\n${table(rows)}\nCtrl-C in a flooded terminal, until the prompt: ${milliseconds(stop)} ms\n${kept.join("")}`;
}

/** What was measured: who reads the figures has to know what they are of. */
function conditions({ seats, nodes, loadBefore }: PortalFigures): string {
  const load = `Programs that were running or waiting before it began (load average): ${loadBefore.toFixed(1)}.`;
  if (nodes === 0) {
    return `${seats} seats. THE PORTAL ALONE: in place of nodes, one SSH server that echoes; no tmux, no shell.\n${load}`;
  }
  const shared =
    nodes === seats
      ? "a node each"
      : `${nodes} nodes only: up to ${Math.ceil(seats / nodes)} seats share a node's tmux session, each with its own browser and SSH connection`;
  return `${seats} seats, ${shared}.\n${load}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const cell = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart((widths[column] ?? 0) + 2);
  return rows.map((row) => `${row.map(cell).join("")}\n`).join("");
}
