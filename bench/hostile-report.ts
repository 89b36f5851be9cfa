import type { HostileAnswer } from "./hostile-students";
import { median, percentile } from "./report";

/** What a portal took while some of its students attacked it. */
export interface HostileReport {
  readonly seats: number;
  readonly hostile: number;
  /** Nodes that the seats which do not attack share. */
  readonly nodes: number;
  readonly seatsOnANode: number;
  readonly seconds: number;
  readonly loadBefore: number;
  readonly loadAfter: number;
  /** Milliseconds from key to echo of the other seats before the attack, and while it lasts; `null` for what never came. */
  readonly quietEchoes: readonly (number | null)[];
  readonly echoes: readonly (number | null)[];
  /** The portal's memory, in bytes. */
  readonly mostResident: number;
  /** Whether the portal's process was there all the time. */
  readonly isAlive: boolean;
  /** Processor time that the portal took, in seconds a second. */
  readonly processorShare: number;
  /** Why the attackers gave up; undefined when they did not. */
  readonly problem: string | undefined;
  readonly attack: HostileAnswer | undefined;
}

const MOST_MEMORY = 200e6;
const MOST_ECHO_MILLISECONDS = 100;

/** The figures of one attack, and which of the limits held. */
export function renderHostileReport(report: HostileReport): string {
  const quiet = finite(report.quietEchoes);
  const echoes = finite(report.echoes);
  const p95 = percentile(echoes, 95);
  const limits: readonly (readonly [string, string, boolean])[] = [
    [
      "memory of the portal at most 200 MB",
      `${(report.mostResident / 1e6).toFixed(0)} MB`,
      report.mostResident <= MOST_MEMORY,
    ],
    ["key to echo of the other seats, p95 at most 100 ms", `${p95.toFixed(1)} ms`, p95 <= MOST_ECHO_MILLISECONDS],
    ["no restart", report.isAlive ? "none" : "the portal ended", report.isAlive],
  ];
  return `${report.seats} seats, ${report.hostile} of them hostile for ${report.seconds} s; the others share ${report.nodes} nodes, ${report.seatsOnANode} seats each.
Load average before: ${report.loadBefore.toFixed(1)}, after: ${report.loadAfter.toFixed(1)}. Attackers run at the lowest priority, their nodes with a fifth of a core each.
The portal took ${(report.processorShare * 100).toFixed(0)} % of a processor.
Before the attack: ${quiet.length} keys, p50 ${median(quiet).toFixed(1)} ms, p95 ${percentile(quiet, 95).toFixed(1)} ms.
During the attack: ${echoes.length} keys, p50 ${median(echoes).toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, most ${Math.max(...echoes).toFixed(1)} ms.
${attackText(report)}
${limits.map(([what, value, isKept]) => `${what}: ${value}${isKept ? "" : ", NOT KEPT"}\n`).join("")}`;
}

function attackText({ attack, problem }: HostileReport): string {
  if (attack === undefined) {
    return `The attackers stopped early: ${problem ?? "no reason given"}.`;
  }
  const { terminalsOpened, terminalsEnded, keysSent, screenCharacters, answers, slowestAnswer } = attack;
  const byStatus = Object.entries(answers).map(([status, count]) => `${count} x ${status}`);
  return `The attackers opened ${terminalsOpened} terminals (${terminalsEnded} refused or closed), sent ${(keysSent / 1e6).toFixed(0)} MB of keys, got ${(screenCharacters / 1e6).toFixed(0)} MB of screen text, and asked for checks and files: ${byStatus.join(", ")}; slowest answer ${(slowestAnswer / 1000).toFixed(1)} s.`;
}

function finite(echoes: readonly (number | null)[]): number[] {
  return echoes.map((echo) => echo ?? Number.POSITIVE_INFINITY);
}
