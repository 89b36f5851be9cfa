import type { StudentCheck } from "../../lesson/student-checks";
import type { LessonStep } from "../../lesson/types";
import type { PortalLesson } from "../server/portal-lesson";

interface LessonData {
  readonly name: string;
  readonly steps: readonly LessonStep[];
  readonly checks: Readonly<Record<string, readonly StudentCheck[]>>;
}

/** A lesson as text, for a machine that has none of our files. Steps and checks are data. */
export function lessonText({ name, steps, checksOf }: PortalLesson): string {
  const data: LessonData = { name, steps, checks: Object.fromEntries(steps.map((step) => [step.id, checksOf(step)])) };
  return JSON.stringify(data);
}

/** The lesson in such a text. */
export function lessonIn(text: string): PortalLesson {
  const { name, steps, checks } = JSON.parse(text) as LessonData;
  return { name, steps, checksOf: ({ id }) => checks[id] ?? [] };
}
