import { useEffect, useState } from "preact/hooks";
import type { Change, ChangeView, WallAnswer, WallSeat } from "../protocol";
import { ask, messageOf, useRequest } from "./api";
import { WallDialog } from "./wall-dialog";
import { clock, WallHeader } from "./wall-header";
import { WallSeatRow } from "./wall-seat-row";

const EVERY_MILLISECONDS = 2000;

/** The instructor's view of the class: every seat and step, with actions. */
export function Wall() {
  // One state, so that a large class is drawn once per answer.
  const [{ wall, problem }, setLoaded] = useState<{ readonly wall?: WallAnswer; readonly problem?: string }>({});
  const [asked, setAsked] = useState<Change>();
  const load = () =>
    ask<WallAnswer>("/api/wall").then(
      (answer) => setLoaded({ wall: answer }),
      (error) => setLoaded((before) => ({ ...before, problem: messageOf(error) })),
    );
  // One timer while the page is open
  useEffect(() => {
    void load();
    const timer = setInterval(load, EVERY_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  if (wall === undefined) {
    return <main class="message">{problem ?? "Loading the class."}</main>;
  }
  return (
    <main class="wall">
      <WallHeader wall={wall} onAsk={setAsked} />
      <p class="failed" role="alert">
        {problem}
      </p>
      <WallChange change={wall.change} />
      {wall.changes === "where lab is" && (
        <p class="quiet">
          This portal runs on a machine of the class. To replace machines, use spares or extend the class, run these
          commands on the operator's machine: <code>./lab reset</code>, <code>./lab spare</code>,{" "}
          <code>./lab extend</code>.
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it must be scrollable by keyboard */}
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
              <th scope="col">State</th>
              <th scope="col">Last activity</th>
              <th scope="col">Actions</th>
            </tr>
          </thead>
          <tbody>
            {wall.seats.map((seat) => (
              <WallSeatRow key={seat.seat} seat={seat} wall={wall} onAsk={setAsked} />
            ))}
          </tbody>
        </table>
      </section>
      <WallMessage seats={wall.seats} />
      <Versions {...wall.versions} />
      {asked !== undefined && (
        <WallDialog
          asked={asked}
          wall={wall}
          onClose={() => {
            setAsked(undefined);
            void load();
          }}
        />
      )}
    </main>
  );
}

/** The change in progress, or the outcome of the last one. */
function WallChange({ change }: { readonly change: ChangeView | undefined }) {
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
      return `has been running since ${clock(new Date(startedAt))}`;
    case "done":
      return `succeeded after ${took}`;
    case "failed":
      return `failed after ${took}`;
  }
}

/** Sends a message to one student, or to all. */
function WallMessage({ seats }: { readonly seats: readonly WallSeat[] }) {
  const [seat, setSeat] = useState("");
  const [text, setText] = useState("");
  const [answer, setAnswer] = useState<string>();
  const { problem, run } = useRequest();
  const send = () =>
    run(async () => {
      const { told } = await ask<{ told: number }>("/api/wall/message", { text, ...(seat === "" ? {} : { seat }) });
      setAnswer(
        told === 0 ? "No browser is connected to show it." : `Shown in ${told} ${told === 1 ? "browser" : "browsers"}.`,
      );
      setText("");
    });
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
        <option value="">everyone</option>
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
      <span role="status">{problem ?? answer}</span>
    </form>
  );
}

function Versions({ lab, lesson, nodes }: WallAnswer["versions"]) {
  return (
    <details class="versions">
      <summary>Versions</summary>
      <p>
        Lab Nodes {lab}, lesson {lesson}
      </p>
      {nodes.map(({ docker, trivy, seats }) => (
        <p key={`${docker} ${trivy}`}>
          Docker {docker}, Trivy {trivy} {nodes.length === 1 ? "on every node" : `on ${seats.join(", ")}`}
        </p>
      ))}
    </details>
  );
}
