import { type Change, type ClassEnd, SIGNATURE_MEANING, type WallAnswer } from "../protocol";

interface Props {
  readonly wall: WallAnswer;
  readonly onAsk: (change: Change) => void;
}

/** The whole class: seats taken, time left, and exports. */
export function WallHeader({ wall, onAsk }: Props) {
  const { seats, end, change, changes, fingerprint } = wall;
  const claimed = seats.filter(({ claim }) => claim === "claimed").length;
  const stuck = seats.filter(({ stuckMinutes }) => stuckMinutes !== undefined).length;
  return (
    <header class="wall-header">
      <div>
        <h1>Lab "{wall.lab}"</h1>
        <p class="quiet">
          {claimed} of {seats.length} seats taken, {stuck} stuck
        </p>
      </div>
      {end !== undefined && (
        <p class="wall-end">
          {timeLeft(end)}{" "}
          {changes === "here" && (
            <button
              type="button"
              class="plain"
              disabled={change?.state === "running"}
              onClick={() => onAsk({ kind: "extend", by: "1h" })}
            >
              Extend
            </button>
          )}
        </p>
      )}
      <p class="wall-exports">
        Export{" "}
        <a href="/api/wall/export/csv" download>
          CSV
        </a>{" "}
        <a
          href="/api/wall/export/json"
          download
          aria-describedby="signature-meaning"
          title={`Signed by ${fingerprint}`}
        >
          signed JSON
        </a>
        <small id="signature-meaning">{SIGNATURE_MEANING}</small>
      </p>
    </header>
  );
}

/** A time of day, as in "09:30". */
export function clock(time: Date): string {
  return time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function timeLeft({ at, precision }: ClassEnd): string {
  const end = new Date(at);
  const minutes = Math.floor((end.getTime() - Date.now()) / 60_000);
  const about = precision === "about" ? "about " : "";
  if (minutes < 0) {
    return `Ended at ${about}${clock(end)}.`;
  }
  const left =
    minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `Ends in ${about}${left}, at ${clock(end)}`;
}
