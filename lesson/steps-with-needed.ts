import type { LessonStep } from "./types";

/** The steps with these ids and all that they need, in the lesson's order. Throws when there is no such step. */
export function stepsWithNeeded(steps: readonly LessonStep[], ids: readonly string[]): readonly LessonStep[] {
  const wanted = new Set<string>();
  const want = (id: string): void => {
    const step = steps.find((candidate) => candidate.id === id);
    if (step === undefined) {
      throw new Error(`There is no step "${id}"; the steps are: ${steps.map((known) => known.id).join(", ")}.`);
    }
    wanted.add(id);
    step.needs.forEach(want);
  };
  ids.forEach(want);
  return steps.filter(({ id }) => wanted.has(id));
}
