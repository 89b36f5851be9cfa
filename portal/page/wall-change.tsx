import type { ChangeView } from "../protocol";

/** The change under way, or what became of the last one. */
export function WallChange({ change }: { readonly change: ChangeView | undefined }) {
  return (
    <div role="status">
      {change !== undefined && (
        <div class={`change ${change.state}`}>
          <p>
            <code>{change.command}</code> {outcomeOf(change)}
          </p>
          {change.state === "running" && <p class="quiet progress">{change.lines.at(-1) ?? "Starting."}</p>}
          {change.cause !== undefined && <p class="cause">{change.cause}</p>}
          {change.state !== "running" && change.lines.length > 0 && (
            <details>
              <summary>What it said</summary>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by keyboard too */}
              <pre tabIndex={0}>{change.lines.join("\n")}</pre>
            </details>
          )}
        </div>
      )}
    </div>
  );
}

function outcomeOf({ state, startedAt, endedAt }: ChangeView): string {
  const seconds = Math.round((new Date(endedAt ?? Date.now()).getTime() - new Date(startedAt).getTime()) / 1000);
  const took = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  switch (state) {
    case "running":
      return `is at work, for ${took}`;
    case "done":
      return `is done, after ${took}`;
    case "failed":
      return `failed, after ${took}`;
  }
}
