import type { LabConfig } from "../../config/schema";
import { lessonSteps, studentNames } from "../../lesson";
import type { Lesson } from "../../lesson/folder/read-lesson";
import { type StudentCheck, studentChecks } from "../../lesson/student-checks";
import type { LessonStep } from "../../lesson/types";

/** Name of the class's own lesson. */
export const CLASS_LESSON = "class";

/** The lesson as students do it. */
export interface PortalLesson {
  /** Which lesson it is: progress is kept by it. */
  readonly name: string;
  readonly steps: readonly LessonStep[];
  /** What a student's work is looked at by. */
  checksOf(step: LessonStep): readonly StudentCheck[];
}

/** The class's own lesson. */
export function classLesson({ images, lesson }: Pick<LabConfig, "images" | "lesson">): PortalLesson {
  const names = studentNames(images.base);
  const steps = lessonSteps(names, { registryImage: lesson.registryImage });
  return { name: CLASS_LESSON, steps, checksOf: (step) => studentChecks(step, names) };
}

/** One of the instructor's own, known by its title: it stays the same one when a page is mended, or its folder moves. */
export function ownLesson({ title, steps, checks }: Pick<Lesson, "title" | "steps" | "checks">): PortalLesson {
  return { name: `own: ${title}`, steps, checksOf: ({ id }) => checks.get(id) ?? [] };
}
