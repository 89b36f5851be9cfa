import { stackFlag } from "../../adapters/pulumi/stack-flag";
import type { KnownSeat, NodeRole } from "../../core/class-state/known-seats";
import { stepName } from "../../core/step-name";
import type { ShownVerdict } from "../workflows/verify/last-verdicts";

/** What `up` and `status` say of a lab. */
export interface LabText {
  readonly stack: string;
  readonly engine: { readonly kind: string; readonly version: string };
  readonly seats: readonly SeatText[];
  /** The portal's machine, where the class has one. */
  readonly portal?: PortalText | undefined;
}

/** The portal's machine, and in a word how it is. */
export interface PortalText {
  readonly state: "ready" | "unreachable";
  readonly ssh: NonNullable<KnownSeat["ssh"]>;
  /** Port of the operator's machine that leads to the portal. */
  readonly port: number;
}

/** A seat, and in one word how it is. */
export interface SeatText extends KnownSeat {
  readonly state: string;
  /** The last verdict on its machine. */
  readonly verdict: ShownVerdict | null;
}

/** The seats as a table. */
export function renderLab(lab: LabText): string {
  const rows = lab.seats.map((seat) => [
    seat.seat,
    seat.state,
    seat.ssh === undefined ? "-" : describeAddress(seat.ssh),
    describeVerdict(seat.verdict),
    seat.ready === undefined ? "-" : `Docker ${seat.ready.docker.server}`,
    seat.images.join(", ") || "-",
  ]);
  const title = `Lab "${lab.stack}": ${countSeats(lab)} (engine: ${lab.engine.kind}, pulumi ${lab.engine.version})`;
  const table = alignColumns([["SEAT", "STATE", "SSH", "VERDICT", "ENGINE", "IMAGES"], ...rows]);
  return `${[title, "", ...table, ...portalLines(lab), ""].join("\n")}\n`;
}

function portalLines({ portal, stack }: LabText): string[] {
  const flag = stackFlag(stack);
  return portal === undefined
    ? []
    : [
        "",
        `  The portal's machine is ${portal.state} (${describeAddress(portal.ssh)}). ./lab portal${flag} opens the portal there, on port ${portal.port}.`,
        "  Run it again after you add or move a seat.",
      ];
}

/** "root@127.0.0.1:2201", or "root@127.0.0.1:2201 on lab@server1" for one that a server carries. */
function describeAddress({ user, host, port, through }: NonNullable<KnownSeat["ssh"]>): string {
  const server = through === undefined ? "" : ` on ${through.replace(/^ssh:\/\//, "")}`;
  return `${user}@${host}:${port}${server}`;
}

/** Commands that a person wants next. */
export function renderNextSteps(lab: LabText, stackFlag: string): string {
  const students = lab.seats.filter(({ role }) => role === "seat");
  const first = students[0]?.seat ?? "seat01";
  const seat = students.length > 1 ? ` ${first}` : "";
  const steps = [
    ["A shell on node1:", `./lab ssh${stackFlag}${seat}`],
    ["The lesson's images:", `./lab ssh${stackFlag}${seat} docker run --rm figlet`],
    ["The students' cards:", `./lab cards${stackFlag}`],
    ["Remove the lab:", `./lab down${stackFlag}`],
  ];
  return `${alignColumns(steps).join("\n")}\n`;
}

/** "passed 5 min ago", "failed (step 2) just now". */
function describeVerdict(verdict: ShownVerdict | null): string {
  if (verdict === null) {
    return "-";
  }
  const { outcome, kind, failedSteps, ageSeconds } = verdict;
  const what = outcome === "failed" ? failedSteps.map(stepName).join(", ") : EXTENTS[kind];
  return `${outcome}${what === "" ? "" : ` (${what})`} ${describeAge(ageSeconds)}`;
}

/** What a pass was about, where it was not the whole lesson. */
const EXTENTS: Readonly<Record<ShownVerdict["kind"], string>> = { lesson: "", steps: "some steps", quick: "quick" };

function describeAge(seconds: number): string {
  const units = [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
  ] as const;
  const unit = units.find(([length]) => seconds >= length);
  return unit === undefined ? "just now" : `${Math.floor(seconds / unit[0])} ${unit[1]} ago`;
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}

/** "3 seats", "3 seats, 1 spare". */
function countSeats({ seats }: LabText): string {
  const countOf = (wanted: NodeRole) => seats.filter(({ role }) => role === wanted).length;
  const spares = countOf("spare");
  return `${count(countOf("seat"), "seat")}${spares === 0 ? "" : `, ${count(spares, "spare")}`}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
