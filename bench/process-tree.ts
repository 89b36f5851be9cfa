import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";

/** What the processes under one have taken, by what they are. */
export interface ProgramUse {
  /** Most memory at a time, in bytes: proportional set size, so that shared pages count once. */
  readonly memory: number;
  /** Processor time, in seconds. */
  readonly cpu: number;
}

export interface TreeUse {
  /** Most memory of all of them at one time, in bytes. */
  readonly memory: number;
  /** By program: `lab`, `pulumi`, ... */
  readonly programs: Readonly<Record<string, ProgramUse>>;
}

interface ProcessFact {
  readonly id: number;
  readonly parent: number;
  readonly cpu: number;
}

const CLOCK_TICKS_PER_SECOND = 100;
const POLL_MILLISECONDS = 250;

/** Watches a process and all below it until told to stop. Linux alone: it reads /proc. */
export function watchTree(root: number): { stop(): TreeUse } {
  const names = new Map<number, string>();
  const cpu = new Map<number, number>();
  const peaks = new Map<string, number>();
  let peak = 0;
  const look = () => {
    const now = new Map<string, number>();
    for (const found of treeOf(root, readProcesses())) {
      // A process that is ending has no command line any more.
      const name = nameOf(found.id) || names.get(found.id) || "other";
      names.set(found.id, name);
      cpu.set(found.id, found.cpu);
      now.set(name, (now.get(name) ?? 0) + proportionalMemory(found.id));
    }
    peak = Math.max(peak, sum(now.values()));
    for (const [name, bytes] of now) {
      peaks.set(name, Math.max(peaks.get(name) ?? 0, bytes));
    }
  };
  const timer = setInterval(look, POLL_MILLISECONDS);
  return {
    stop() {
      clearInterval(timer);
      const programs = [...peaks].map(([name, memory]) => {
        const own = [...cpu].filter(([id]) => names.get(id) === name);
        return [name, { memory, cpu: sum(own.map(([, seconds]) => seconds)) }] as const;
      });
      return { memory: peak, programs: Object.fromEntries(programs) };
    },
  };
}

function treeOf(root: number, processes: readonly ProcessFact[]): ProcessFact[] {
  const own = processes.find(({ id }) => id === root);
  const children = processes.filter(({ parent }) => parent === root);
  return [...(own === undefined ? [] : [own]), ...children.flatMap(({ id }) => treeOf(id, processes))];
}

function readProcesses(): ProcessFact[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const text = readOf(`/proc/${name}/stat`);
      // The program's name, in brackets, may hold anything.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      const cpu = (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
      return text === "" ? [] : [{ id: Number(name), parent: Number(fields[1]), cpu }];
    });
}

const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/plugin\.js/, "plugin host"],
  [/pulumi-resource-/, "plugin launchers"],
  [/language-host|pulumi-language-/, "language host"],
  [/@pulumi\/pulumi\/cmd\/run/, "program"],
  [/bundle\/lab\.cjs|\.\/lab /, "lab"],
];

/** What a process of `lab up` is, by its command line. */
export function programOf(words: readonly string[]): string {
  const line = words.join(" ");
  return PROGRAMS.find(([pattern]) => pattern.test(line))?.[1] ?? basename(words[0] ?? "");
}

function nameOf(id: number): string {
  return programOf(readOf(`/proc/${id}/cmdline`).split("\0"));
}

/** What one process has now, in bytes, and has taken up to now, in seconds. */
export function useOfProcess(id: number): {
  readonly resident: number;
  readonly proportional: number;
  readonly cpu: number;
} {
  return {
    resident: Number(/^VmRSS:\s+(\d+) kB/m.exec(readOf(`/proc/${id}/status`))?.[1] ?? 0) * 1024,
    proportional: proportionalMemory(id),
    cpu: readProcesses().find((found) => found.id === id)?.cpu ?? 0,
  };
}

function proportionalMemory(id: number): number {
  return Number(/^Pss:\s+(\d+) kB/m.exec(readOf(`/proc/${id}/smaps_rollup`))?.[1] ?? 0) * 1024;
}

/** Empty for a process that has ended meanwhile. */
function readOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, number) => total + number, 0);
}
