import { useEffect, useRef, useState } from "preact/hooks";
import type { LessonAnswer } from "../protocol";
import { ask, useRequest } from "./api";
import { Step } from "./step";
import { type TerminalHandle, TerminalPane } from "./terminal-pane";

interface Props {
  readonly lab: string;
  /** The seat that the instructor views; undefined for a student. */
  readonly watched: string | undefined;
  readonly onForbidden: () => void;
}

/** The lesson on the left, node1 on the right. */
export function Lesson({ lab, watched, onForbidden }: Props) {
  const query = watched === undefined ? "" : `?seat=${encodeURIComponent(watched)}`;
  const [lesson, setLesson] = useState<LessonAnswer>();
  const { problem, run } = useRequest();
  const [stepId, setStepId] = useState(stepInAddress());
  const text = useRef<HTMLDivElement>(null);
  const terminal = useRef<TerminalHandle | undefined>(undefined);

  const load = () => run(async () => setLesson(await ask<LessonAnswer>(`/api/lesson${query}`)));
  useEffect(() => void load(), [query]);
  useWindowEvent("hashchange", () => {
    setStepId(stepInAddress());
    text.current?.scrollTo(0, 0);
  });
  // In the terminal, F6 moves the focus back.
  useWindowEvent("keydown", (event) => {
    if (event.key === "F6") {
      event.preventDefault();
      terminal.current?.focus();
    }
  });

  if (lesson === undefined) {
    return <main class="message">{problem ?? "Loading the lesson."}</main>;
  }
  const { steps, progress } = lesson;
  const step = steps.find(({ id }) => id === stepId) ?? steps[0];
  return (
    <div class="workbench">
      <main class="lesson">
        <header class="lesson-header">
          <p>
            <strong>{lesson.seat}</strong> <span class="quiet">{lab}</span>
          </p>
          <StepNavigation {...lesson} current={step?.id} />
        </header>
        <div class="lesson-text" ref={text}>
          {watched !== undefined && (
            <p class="notice">
              You are viewing {watched}. You and the student see everything that either of you types.
            </p>
          )}
          {step !== undefined && (
            <Step
              key={step.id}
              step={step}
              query={query}
              progress={progress[step.id]}
              run={(command) => terminal.current?.run(command) ?? false}
              onRun={({ detail }) => detail > 0 && terminal.current?.focus()}
              onProgress={(next) => setLesson({ ...lesson, progress: next })}
            />
          )}
          <BackAndNext steps={steps} current={step?.id} />
        </div>
      </main>
      <TerminalPane
        query={query}
        recording={lesson.recording}
        onConnectedAgain={load}
        onReady={(handle) => {
          terminal.current = handle;
        }}
        onLeave={() => document.getElementById("step-title")?.focus()}
        onForbidden={onForbidden}
      />
    </div>
  );
}

/** ID of the step that is shown. */
interface Current {
  readonly current: string | undefined;
}

/** All steps, with those that are done. */
function StepNavigation({ steps, progress, current }: Pick<LessonAnswer, "steps" | "progress"> & Current) {
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

function BackAndNext({ steps, current }: Pick<LessonAnswer, "steps"> & Current) {
  const index = steps.findIndex(({ id }) => id === current);
  const [before, after] = [steps[index - 1], steps[index + 1]];
  return (
    <nav class="back-and-next" aria-label="Previous and next step">
      {before === undefined ? <span /> : <a href={`#step-${before.id}`}>← {before.title}</a>}
      {after !== undefined && <a href={`#step-${after.id}`}>{after.title} →</a>}
    </nav>
  );
}

/** Calls a listener for events of the window while the component is shown. */
function useWindowEvent<Name extends keyof WindowEventMap>(
  name: Name,
  listener: (event: WindowEventMap[Name]) => void,
) {
  useEffect(() => {
    addEventListener(name, listener);
    return () => removeEventListener(name, listener);
  }, []);
}

/** The step in the address, so that a reload stays there. */
function stepInAddress(): string | undefined {
  return /^#step-(.+)$/.exec(location.hash)?.[1];
}
