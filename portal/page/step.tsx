import { useEffect, useRef, useState } from "preact/hooks";
import type { CheckAnswer, CheckedView, StepProgress, StepView } from "../protocol";
import { ask, useRequest } from "./api";
import { Html, InlineText } from "./html";
import { Task } from "./task";

interface Props {
  readonly step: StepView;
  readonly query: string;
  readonly progress: StepProgress | undefined;
  readonly run: (command: string) => boolean;
  readonly onRun: (event: MouseEvent) => void;
  readonly onProgress: (progress: CheckAnswer["progress"]) => void;
}

/** One step: what to read, what to do, and whether it is done. */
export function Step({ step, query, progress, run, onRun, onProgress }: Props) {
  return (
    <article>
      <h1 tabIndex={-1} id="step-title">
        <span class="quiet">Step {step.id}</span> {step.title}
      </h1>
      <Html html={step.text} />
      {step.tasks.map((task) => (
        <Task key={task.id} task={task} query={query} run={run} onRun={onRun} />
      ))}
      <Html html={step.closing} />
      <Check step={step} query={query} progress={progress} onProgress={onProgress} />
    </article>
  );
}

function Check({ step, query, progress, onProgress }: Omit<Props, "run" | "onRun">) {
  const [answer, setAnswer] = useState<CheckAnswer>();
  const { isRunning, problem, run } = useRequest();
  const check = () =>
    run(async () => {
      const checked = await ask<CheckAnswer>(`/api/lesson/check${query}`, { step: step.id });
      setAnswer(checked);
      onProgress(checked.progress);
    });
  const shown = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isRunning && (answer ?? problem) !== undefined) {
      shown.current?.scrollIntoView({ block: "nearest" });
    }
  }, [isRunning]);
  const isRead = step.tasks.length === 0;
  return (
    <div class="check">
      <button type="button" class="primary" aria-disabled={isRunning} onClick={() => isRunning || check()}>
        {isRunning ? "Checking your machine ..." : isRead ? "I have read this" : "Check this step"}
      </button>
      {progress?.isDone === true && <span class="done">✓ Done</span>}
      <div class="result" role="status" ref={shown}>
        {problem !== undefined && <p class="failed">{problem}</p>}
        {problem === undefined && answer !== undefined && <CheckResult {...answer} />}
      </div>
    </div>
  );
}

function CheckResult({ outcome, checked }: CheckAnswer) {
  return (
    <>
      <p class={outcome}>{outcome === "passed" ? "Well done: this step is complete." : "Not yet."}</p>
      <ul>
        {checked.map((item) => (
          <Checked key={item.expected} {...item} />
        ))}
      </ul>
    </>
  );
}

function Checked({ expected, found, hint }: CheckedView) {
  return (
    <li class={found === undefined ? "held" : "missing"}>
      <span class="mark" aria-hidden="true">
        {found === undefined ? "✓" : "✗"}
      </span>
      <span>
        <InlineText text={found === undefined ? expected : `Expected ${expected}; found ${found}.`} />
        {hint !== undefined && (
          <details>
            <summary>Hint</summary>
            <p>
              <InlineText text={hint} />
            </p>
          </details>
        )}
      </span>
    </li>
  );
}
