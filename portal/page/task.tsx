import { useState } from "preact/hooks";
import type { CommandAnswer, CommandView, FileAnswer, FileView, TaskView } from "../protocol";
import { ask, useRequest } from "./api";
import { Html, InlineText } from "./html";

const DISCONNECTED = "The terminal is not connected. See the message above it.";

interface Props<View> {
  readonly task: View;
  readonly query: string;
  /** Types into the terminal; false when it is not connected. */
  readonly run: (command: string) => boolean;
  /** Moves the focus to the terminal after a mouse click, not after a key. */
  readonly onRun: (event: MouseEvent) => void;
}

/** One task, with a button that performs it. */
export function Task({ task, ...rest }: Props<TaskView>) {
  return task.kind === "command" ? <Command task={task} {...rest} /> : <File task={task} {...rest} />;
}

function Command({ task, query, run, onRun }: Props<CommandView>) {
  const [note, setNote] = useState<string>();
  const [isSent, setSent] = useState(false);
  const request = useRequest();
  const click = (event: MouseEvent) =>
    request.run(async () => {
      const answer: CommandAnswer =
        task.typed === "as it is"
          ? { command: task.command }
          : await ask<CommandAnswer>(`/api/lesson/command${query}`, { task: task.id });
      const wasSent = run(answer.command);
      setNote(wasSent ? answer.note : DISCONNECTED);
      setSent(wasSent);
      if (wasSent) {
        onRun(event);
      }
    });
  return (
    <div class="task" data-task={task.id}>
      <Html html={task.text} />
      <button type="button" class="command" onClick={click}>
        <code>{task.command}</code> <span class="verb">{isSent ? "Run again" : "Run"}</span>
      </button>
      <p class="note" role="status">
        {request.problem ?? note}
      </p>
      {task.lookups.map((html) => (
        <Html html={html} className="lookup" key={html} />
      ))}
      <Outcome expected={task.expected} example={task.example} />
    </div>
  );
}

function Outcome({ expected, example }: { readonly expected: string; readonly example: string | undefined }) {
  if (example === undefined) {
    return expected === "" ? null : (
      <p class="expected">
        You should see <InlineText text={expected} />.
      </p>
    );
  }
  return (
    <details class="expected">
      <summary>
        You should see <InlineText text={expected === "" ? "something like this" : expected} />
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it must be scrollable by keyboard */}
      <pre tabIndex={0}>{example}</pre>
    </details>
  );
}

function File({ task, query }: Props<FileView>) {
  const [outcome, setOutcome] = useState<FileAnswer["outcome"]>();
  const { problem, run } = useRequest();
  const write = (existing: "keep" | "replace") =>
    run(async () => {
      const answer = await ask<FileAnswer>(`/api/lesson/file${query}`, { task: task.id, existing });
      setOutcome(answer.outcome);
    });
  const notes = {
    written: `${task.path} is in your home folder.`,
    differs: `${task.path} on your machine has different content. You may have changed it.`,
  };
  return (
    <div class="task" data-task={task.id}>
      <Html html={task.text} />
      <div class="file">
        <button type="button" class="file-name" onClick={() => write("keep")}>
          <span>{task.path}</span>
          <span class="verb">{outcome === "written" ? "Created" : "Create"}</span>
        </button>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it must be scrollable by keyboard */}
        <pre tabIndex={0}>{task.content}</pre>
      </div>
      <p class="note" role="status">
        {problem ?? (outcome && notes[outcome])}{" "}
        {outcome === "differs" && (
          <button type="button" class="plain" onClick={() => write("replace")}>
            Replace it
          </button>
        )}
      </p>
    </div>
  );
}
