import type { LessonAnswer } from "../protocol";

interface Props {
  readonly steps: LessonAnswer["steps"];
  readonly progress: LessonAnswer["progress"];
  readonly current: string | undefined;
}

/** All steps, with those that are done. */
export function StepNavigation({ steps, progress, current }: Props) {
  const done = steps.filter(({ id }) => progress[id]?.isDone === true).length;
  return (
    <nav class="steps" aria-label="Steps">
      <ol>
        {steps.map(({ id, title }) => {
          const isDone = progress[id]?.isDone === true;
          return (
            <li key={id}>
              <a
                href={`#step-${id}`}
                title={title}
                class={isDone ? "is-done" : ""}
                aria-current={id === current ? "step" : undefined}
                aria-label={`Step ${id}: ${title}${isDone ? ", done" : ""}`}
              >
                {isDone ? "✓" : id}
              </a>
            </li>
          );
        })}
      </ol>
      <span class="quiet">
        {done} of {steps.length} done
      </span>
    </nav>
  );
}
