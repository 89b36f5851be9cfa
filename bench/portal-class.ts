import { setTimeout as sleep } from "node:timers/promises";
import { openStudent, type Student } from "./portal-student";

/** In characters. All that share a tmux session need the same one, or it draws every screen anew for each line. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Told to the process with the class's browsers. */
export type ClassOrder =
  | {
      readonly kind: "open";
      readonly url: string;
      readonly codes: readonly string[];
      readonly nodes: number;
      readonly size: TerminalSize;
    }
  /** Types a line into terminals: of all nodes, or the first one's. */
  | { readonly kind: "type"; readonly text: string; readonly where: "everywhere" | "first node" }
  | { readonly kind: "measure"; readonly seconds: number; readonly who: "all" | "all but the first node's" };

/** What a measurement came to. */
export interface ClassAnswer {
  /** Milliseconds from each key press to its echo; `null` for what never came (JSON has no infinity). */
  readonly echoes: readonly (number | null)[];
  /** Of screen text, all terminals together. */
  readonly charactersPerSecond: number;
  readonly messagesPerSecond: number;
}

/** Capitals that the class types; the last two are left for the browser with a screen. */
const MARKS = "ABCDEFGHIJKLMNOPQRSTUVWX";
/** From one key to the next of a student, on average: not in step, or they would wait for each other. */
const BETWEEN_KEYS_MILLISECONDS = 500;

/** So many seats can share a node: each needs two marks of its own, so as not to take its last one for the new one. */
export const MOST_ON_A_NODE = MARKS.length / 2;

/** The browsers of a class, in a process of their own: what they take is none of the portal's. */
function main(): void {
  const students: Student[] = [];
  let nodes = 1;
  const obey = async (order: ClassOrder): Promise<ClassAnswer | undefined> => {
    if (order.kind === "open") {
      nodes = order.nodes;
      // One after the other: thirty logins at once would be another measurement.
      for (const code of order.codes) {
        students.push(await openStudent(order.url, code, order.size));
      }
    } else if (order.kind === "type") {
      for (const student of students.slice(0, order.where === "everywhere" ? nodes : 1)) {
        student.type(order.text);
      }
    } else {
      const isMeasured = (index: number) => order.who === "all" || index % nodes !== 0;
      return measure(students, { seconds: order.seconds, isMeasured, nodes });
    }
    return undefined;
  };
  process.on("message", (order: ClassOrder) => {
    obey(order).then(
      (answer) => process.send?.({ answer }),
      (error: Error) => process.send?.({ problem: error.message }),
    );
  });
  process.on("disconnect", () => {
    for (const student of students) {
      student.close();
    }
  });
}

async function measure(
  students: readonly Student[],
  { seconds, isMeasured, nodes }: { seconds: number; isMeasured: (index: number) => boolean; nodes: number },
): Promise<ClassAnswer> {
  for (const student of students) {
    student.received();
  }
  const end = performance.now() + seconds * 1000;
  const measured = students.flatMap((student, index) => {
    const first = Math.floor(index / nodes) * 2;
    return isMeasured(index) ? [typeUntil(end, student, MARKS.slice(first, first + 2))] : [];
  });
  const echoes = (await Promise.all(measured)).flat();
  const received = students.map((student) => student.received());
  const perSecond = (pick: (of: (typeof received)[number]) => number) =>
    received.reduce((sum, one) => sum + pick(one), 0) / seconds;
  return {
    echoes: echoes.map((echo) => (Number.isFinite(echo) ? echo : null)),
    charactersPerSecond: perSecond(({ characters }) => characters),
    messagesPerSecond: perSecond(({ messages }) => messages),
  };
}

async function typeUntil(end: number, student: Student, marks: string): Promise<number[]> {
  const echoes: number[] = [];
  await sleep(Math.random() * BETWEEN_KEYS_MILLISECONDS);
  for (let turn = 0; performance.now() < end; turn++) {
    echoes.push(await student.echo(marks.charAt(turn % 2)));
    await sleep((0.5 + Math.random()) * BETWEEN_KEYS_MILLISECONDS);
  }
  return echoes;
}

if (require.main === module) {
  main();
}
