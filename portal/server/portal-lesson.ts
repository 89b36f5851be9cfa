import type { LabConfig } from "../../config/schema";
import { lessonSteps, studentNames } from "../../lesson";
import type { Lesson } from "../../lesson/folder/read-lesson";
import { type StudentCheck, studentChecks } from "../../lesson/student-checks";
import type { LessonStep } from "../../lesson/types";

/** The lesson as students do it. */
export interface PortalLesson {
  readonly steps: readonly LessonStep[];
  /** What a student's work is looked at by. */
  checksOf(step: LessonStep): readonly StudentCheck[];
}

/** The class's own lesson. */
export function classLesson({ images, lesson }: Pick<LabConfig, "images" | "lesson">): PortalLesson {
  const names = studentNames(images.base);
  const steps = lessonSteps(names, { registryImage: lesson.registryImage });
  return { steps, checksOf: (step) => studentChecks(step, names) };
}

/** One of the instructor's own. */
export function ownLesson({ steps, checks }: Pick<Lesson, "steps" | "checks">): PortalLesson {
  return { steps, checksOf: ({ id }) => checks.get(id) ?? [] };
}
