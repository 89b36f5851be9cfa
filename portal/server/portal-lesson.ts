import { createHash } from "node:crypto";
import type { LabConfig } from "../../config/schema";
import { lessonSteps, studentNames } from "../../lesson";
import type { Lesson } from "../../lesson/folder/read-lesson";
import { type StudentCheck, studentChecks } from "../../lesson/student-checks";
import type { LessonStep } from "../../lesson/types";

/** Name of the class's own lesson. */
export const CLASS_LESSON = "class";

/** The lesson that the portal serves, as plain data: it is sent to the portal's machine as JSON. */
export interface PortalLesson {
  /** Key of the lesson's progress. */
  readonly name: string;
  readonly steps: readonly LessonStep[];
  /** Checks of a student's work, by step ID. */
  readonly checks: Readonly<Record<string, readonly StudentCheck[]>>;
}

/** The class's own lesson. */
export function classLesson({ images, lesson }: Pick<LabConfig, "images" | "lesson">): PortalLesson {
  const names = studentNames(images.base);
  const steps = lessonSteps(names, { registryImage: lesson.registryImage });
  return {
    name: CLASS_LESSON,
    steps,
    checks: Object.fromEntries(steps.map((step) => [step.id, studentChecks(step, names)])),
  };
}

/** A lesson of the instructor's own, identified by its title, so that pages and folder may change. */
export function ownLesson({ title, steps, checks }: Pick<Lesson, "title" | "steps" | "checks">): PortalLesson {
  return { name: `own: ${title}`, steps, checks: Object.fromEntries(checks) };
}

/** Hash of a lesson's steps. */
export function lessonVersion(steps: readonly LessonStep[]): string {
  return createHash("sha256").update(JSON.stringify(steps)).digest("hex").slice(0, 12);
}
