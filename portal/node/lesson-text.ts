import type { StudentCheck } from "../../lesson/student-checks";
import type { LessonStep } from "../../lesson/types";
import type { PortalLesson } from "../server/portal-lesson";

interface LessonData {
  readonly name: string;
  readonly steps: readonly LessonStep[];
  readonly checks: Readonly<Record<string, readonly StudentCheck[]>>;
}

/** Serializes a lesson for the portal's machine. */
export function lessonText({ name, steps, checksOf }: PortalLesson): string {
  const data: LessonData = { name, steps, checks: Object.fromEntries(steps.map((step) => [step.id, checksOf(step)])) };
  return JSON.stringify(data);
}

/** Parses a serialized lesson. */
export function lessonIn(text: string): PortalLesson {
  const { name, steps, checks } = JSON.parse(text) as LessonData;
  return { name, steps, checksOf: ({ id }) => checks[id] ?? [] };
}
