import type { ChangeView } from "../protocol";

/** The change in progress, or the outcome of the last one. */
export function WallChange({ change }: { readonly change: ChangeView | undefined }) {
  return (
    <section class={change === undefined ? "" : `change ${change.state}`} aria-label="Change of the class">
      <div role="status">
        {change !== undefined && (
          <p>
            <code>{change.command}</code> {outcomeOf(change)}
          </p>
        )}
        {change?.cause !== undefined && <p class="cause">{change.cause}</p>}
      </div>
      {/* Not announced, because it changes every second or two */}
      {change?.state === "running" && <p class="quiet">{change.lines.at(-1) ?? "Starting."}</p>}
      {change !== undefined && change.state !== "running" && change.lines.length > 0 && (
        <details>
          <summary>Output</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it must be scrollable by keyboard */}
          <pre tabIndex={0}>{change.lines.join("\n")}</pre>
        </details>
      )}
    </section>
  );
}

function outcomeOf({ state, startedAt, endedAt }: ChangeView): string {
  const seconds = Math.round((new Date(endedAt ?? Date.now()).getTime() - new Date(startedAt).getTime()) / 1000);
  const took = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  switch (state) {
    case "running":
      return `has been running since ${new Date(startedAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`;
    case "done":
      return `succeeded after ${took}`;
    case "failed":
      return `failed after ${took}`;
  }
}
