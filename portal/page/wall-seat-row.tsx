import { useState } from "preact/hooks";
import type { Change, StepProgress, WallAnswer, WallSeat } from "../protocol";
import { ask, useRequest } from "./api";

interface Props {
  readonly seat: WallSeat;
  readonly wall: WallAnswer;
  readonly onAsk: (change: Change) => void;
}

/** One seat: its progress, state and actions. */
export function WallSeatRow({ seat, wall, onAsk }: Props) {
  return (
    <tr class={seat.stuckMinutes === undefined ? "" : "is-stuck"}>
      <th scope="row">{seat.seat}</th>
      {wall.steps.map(({ id }) => (
        <StepCell key={id} progress={seat.steps[id]} />
      ))}
      <td>{stateOf(seat, wall)}</td>
      <td>{seat.lastActivity === undefined ? "none yet" : ago(seat.lastActivity)}</td>
      <td class="actions">
        <Actions seat={seat} wall={wall} onAsk={onAsk} />
      </td>
    </tr>
  );
}

function Actions({ seat: { seat, claim }, wall, onAsk }: Props) {
  const isBusy = wall.change?.state === "running";
  return (
    <div>
      <a href={`/seat/${seat}`} target="_blank" rel="noopener" aria-label={`Open the terminal of ${seat}`}>
        Open
      </a>
      {wall.changes === "here" && (
        <button
          type="button"
          class="plain"
          disabled={isBusy}
          aria-label={`New machine for ${seat}`}
          onClick={() => onAsk({ kind: "reset", seat, home: "keep" })}
        >
          New machine
        </button>
      )}
      {wall.spares > 0 && (
        <button
          type="button"
          class="plain"
          disabled={isBusy}
          aria-label={`Spare for ${seat}`}
          onClick={() => onAsk({ kind: "spare", seat })}
        >
          Spare
        </button>
      )}
      {claim === "claimed" && <Release seat={seat} />}
    </div>
  );
}

/** Confirmed by a second click: only the browser's seat is affected. */
function Release({ seat }: { readonly seat: string }) {
  const [isAsking, setAsking] = useState(false);
  const { problem, run } = useRequest();
  const release = () => {
    setAsking(false);
    return run(() => ask("/api/wall/free", { seat }));
  };
  return (
    <>
      <button
        type="button"
        class="plain"
        aria-label={`${isAsking ? "Yes, free" : "Free"} ${seat}`}
        onClick={() => (isAsking ? release() : setAsking(true))}
      >
        {isAsking ? "Yes, free it" : "Free"}
      </button>
      {problem !== undefined && <span class="failed">{problem}</span>}
    </>
  );
}

function StepCell({ progress }: { readonly progress: StepProgress | undefined }) {
  if (progress?.isDone === true) {
    return (
      <td class="cell done">
        <span role="img" aria-label="done">
          ✓
        </span>
      </td>
    );
  }
  const failures = progress?.failures ?? 0;
  return <td class={failures > 0 ? "cell failing" : "cell"}>{failures > 0 ? `${failures} ✗` : ""}</td>;
}

function stateOf({ seat, claim, terminals, stuckMinutes }: WallSeat, { change }: WallAnswer): string {
  if (change?.state === "running" && change.seat === seat) {
    return "changing";
  }
  if (claim === "free") {
    return "not taken";
  }
  const here = terminals > 0 ? "connected" : "away";
  return stuckMinutes === undefined ? here : `${here}, stuck for ${stuckMinutes} min`;
}

function ago(time: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - new Date(time).getTime()) / 1000));
  return seconds < 60 ? "just now" : `${Math.floor(seconds / 60)} min ago`;
}
