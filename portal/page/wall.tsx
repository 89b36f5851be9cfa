import { useEffect, useState } from "preact/hooks";
import type { StepProgress, WallAnswer, WallSeat } from "../protocol";
import { ask, wordsOf } from "./api";

const EVERY_MILLISECONDS = 2000;

/** The instructor's view of the class: every seat and every step, as it is now. */
export function Wall() {
  const [wall, setWall] = useState<WallAnswer>();
  const [problem, setProblem] = useState<string>();
  const look = () =>
    ask<WallAnswer>("/api/wall")
      .then((answer) => {
        setWall(answer);
        setProblem(undefined);
      })
      .catch((error) => setProblem(wordsOf(error)));
  // One clock for as long as the page is there
  useEffect(() => {
    void look();
    const timer = setInterval(look, EVERY_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  if (wall === undefined) {
    return <main class="message">{problem ?? "Looking at the class."}</main>;
  }
  const claimed = wall.seats.filter(({ claim }) => claim === "claimed").length;
  return (
    <main class="wall">
      <h1>Lab "{wall.lab}"</h1>
      <p class="quiet">
        {claimed} of {wall.seats.length} seats taken, {wall.seats.filter(({ stuckMinutes }) => stuckMinutes).length}{" "}
        stuck
      </p>
      <p class="failed" role="alert">
        {problem}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to by keyboard too */}
      <section class="wall-table" tabIndex={0} aria-label="Seats and steps">
        <table>
          <thead>
            <tr>
              <th scope="col">Seat</th>
              {wall.steps.map(({ id, title }) => (
                <th scope="col" class="cell" key={id}>
                  <abbr title={title}>{id}</abbr>
                </th>
              ))}
              <th scope="col">Now</th>
              <th scope="col">Last activity</th>
              <th scope="col">Do</th>
            </tr>
          </thead>
          <tbody>
            {wall.seats.map((seat) => (
              <SeatRow key={seat.seat} seat={seat} steps={wall.steps} onProblem={setProblem} onChange={look} />
            ))}
          </tbody>
        </table>
      </section>
      <Message seats={wall.seats} />
    </main>
  );
}

interface RowProps {
  readonly seat: WallSeat;
  readonly steps: WallAnswer["steps"];
  readonly onProblem: (text: string) => void;
  readonly onChange: () => void;
}

function SeatRow({ seat, steps, onProblem, onChange }: RowProps) {
  const [isAsking, setAsking] = useState(false);
  const free = async () => {
    setAsking(false);
    await ask("/api/wall/free", { seat: seat.seat }).catch((error) => onProblem(wordsOf(error)));
    onChange();
  };
  return (
    <tr class={seat.stuckMinutes === undefined ? "" : "is-stuck"}>
      <th scope="row">{seat.seat}</th>
      {steps.map(({ id }) => (
        <StepCell key={id} progress={seat.steps[id]} />
      ))}
      <td>{stateOf(seat)}</td>
      <td>{seat.lastActivity === undefined ? "none yet" : ago(seat.lastActivity)}</td>
      <td class="actions">
        <a href={`/seat/${seat.seat}`} target="_blank" rel="noopener">
          Open
        </a>
        {seat.claim === "claimed" && (
          <button type="button" class="plain" onClick={() => (isAsking ? free() : setAsking(true))}>
            {isAsking ? "Yes, free it" : "Free"}
          </button>
        )}
      </td>
    </tr>
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

function stateOf({ claim, terminals, stuckMinutes }: WallSeat): string {
  if (claim === "free") {
    return "not taken";
  }
  const here = terminals > 0 ? "here" : "away";
  return stuckMinutes === undefined ? here : `${here}, stuck for ${stuckMinutes} min`;
}

function ago(time: string): string {
  const seconds = Math.max(0, Math.round((Date.now() - new Date(time).getTime()) / 1000));
  return seconds < 60 ? "just now" : `${Math.floor(seconds / 60)} min ago`;
}

function Message({ seats }: { readonly seats: readonly WallSeat[] }) {
  const [seat, setSeat] = useState("");
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<string>();
  const send = async () => {
    try {
      const { told } = await ask<{ told: number }>("/api/wall/message", { text, ...(seat === "" ? {} : { seat }) });
      setAnswer(
        told === 0 ? "Nobody is there to read it." : `Shown in ${told} ${told === 1 ? "browser" : "browsers"}.`,
      );
      setText("");
    } catch (error) {
      setAnswer(wordsOf(error));
    }
  };
  return (
    <form
      class="message-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <label for="to">Message to</label>
      <select id="to" value={seat} onChange={({ currentTarget }) => setSeat(currentTarget.value)}>
        <option value="">everybody</option>
        {seats.map((known) => (
          <option key={known.seat}>{known.seat}</option>
        ))}
      </select>
      <input
        aria-label="Text of the message"
        value={text}
        required
        maxLength={500}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <button type="submit" class="primary">
        Send
      </button>
      <span role="status">{answer}</span>
    </form>
  );
}
