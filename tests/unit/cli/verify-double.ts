import type { SeatWithMachine } from "../../../cli/workflows/class-seats";
import type { OpenShell, Performance } from "../../../cli/workflows/verify/perform";
import type { SeatVerdict, StepTitle, Verdict } from "../../../cli/workflows/verify/verdict";
import { concludeVerdict, seatOutcome } from "../../../cli/workflows/verify/verdict";
import type { LessonStep, StepVerdict } from "../../../lesson/types";
import { READINESS } from "../../support/readiness";

/** The titles of a short lesson. */
export const STEPS: readonly StepTitle[] = [
  { id: "1", title: "A container" },
  { id: "2", title: "An image from it" },
  { id: "3", title: "A scan" },
];

/** A step of it, as a lesson has it. */
export function lessonStep({ id, title }: StepTitle): LessonStep {
  return { id, title, text: "", needs: [], tasks: [] };
}

/** A seat whose machine is there. */
export function knownSeat(number: number): SeatWithMachine {
  const seat = `seat${String(number).padStart(2, "0")}`;
  return {
    seat,
    role: "seat",
    node: `${seat}-node1`,
    machine: `machine-of-${seat}`,
    ssh: { host: "127.0.0.1", port: 2200 + number, user: "root" },
    ready: READINESS,
    images: ["figlet:latest", "hello:v0.1", "hello:v0.2"],
  };
}

/** The verdict of a step that went well. */
export function passed({ id, title }: StepTitle, notes: readonly string[] = []): StepVerdict {
  const checks = [{ expected: "a greeting" }];
  const evidence = [{ command: "docker run hello", exitCode: 0, output: "hello\n", seconds: 0.4, checks }];
  return { id, title, outcome: "passed", seconds: 0.5, evidence, notes };
}

/** The verdict of one that did not. */
export function failed({ id, title }: StepTitle, found = "exit code 125: no such image"): StepVerdict {
  const failure = { command: "docker run figlet", expected: "large letters", found };
  const checks = [{ expected: failure.expected, found }];
  const evidence = [
    { command: "docker images", exitCode: 0, output: "hello\n", seconds: 0.1, checks: [{ expected: "hello" }] },
    { command: failure.command, exitCode: 125, output: "Unable to find image\n", seconds: 0.25, checks },
  ];
  return { id, title, outcome: "failed", seconds: 0.4, evidence, notes: [], failure };
}

/** The verdict of a step that failed because one that it needs did. */
export function blocked(step: StepTitle): StepVerdict {
  return { ...failed(step), outcome: "blocked" };
}

/** A seat's verdict from those on its steps. */
export function seatVerdict(number: number, steps: readonly StepVerdict[]): SeatVerdict {
  const { seat, node, machine, ssh = null, ready = null } = knownSeat(number);
  const times = { startedAt: "2026-11-23T09:10:11.123Z", seconds: 1.25 };
  return { seat, node, machine, ssh, ready, ...times, outcome: seatOutcome(STEPS, steps), steps };
}

/** A whole verdict. */
export function verdictOn(...seats: readonly SeatVerdict[]): Verdict {
  const startedAt = new Date("2026-11-23T09:10:11.123Z");
  const endedAt = new Date("2026-11-23T09:10:13.623Z");
  return concludeVerdict({ stack: "spring", kind: "lesson", startedAt, endedAt, steps: STEPS }, seats);
}

/** A shell that nothing is run on; it tells of its end. */
export function fakeShell(onClose: () => void = () => undefined): OpenShell {
  const never = () => Promise.reject(new Error("this shell runs nothing"));
  return { run: never, open: never, write: never, close: onClose };
}

/** A performance on nodes that always answer, with the same verdicts on every one. */
export function fakePerformance(verdicts: readonly StepVerdict[]): Performance {
  return {
    steps: STEPS.map(lessonStep),
    openShell: async () => fakeShell(),
    perform: async (_, listener) => {
      for (const verdict of verdicts) {
        const step = lessonStep(verdict);
        listener.stepStarted(step);
        listener.commandStarted(step, "docker run hello");
        listener.stepEnded(verdict);
      }
      return verdicts;
    },
  };
}
