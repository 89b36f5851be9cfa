import { useEffect, useState } from "preact/hooks";
import type { WallAnswer } from "../protocol";
import { ask, wordsOf } from "./api";
import { WallChange } from "./wall-change";
import { type Asked, WallDialog } from "./wall-dialog";
import { WallHeader } from "./wall-header";
import { WallMessage } from "./wall-message";
import { WallSeatRow } from "./wall-seat-row";

const EVERY_MILLISECONDS = 2000;

/** The instructor's view of the class: every seat and every step, as it is now, and what can be done about it. */
export function Wall() {
  const [wall, setWall] = useState<WallAnswer>();
  const [problem, setProblem] = useState<string>();
  const [asked, setAsked] = useState<Asked>();
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
  return (
    <main class="wall">
      <WallHeader wall={wall} onAsk={setAsked} />
      <p class="failed" role="alert">
        {problem}
      </p>
      <WallChange change={wall.change} />
      {wall.changes === "where lab is" && (
        <p class="quiet">
          This portal runs on a machine of the class. New machines, spares and a later end are given where lab is:{" "}
          <code>./lab reset</code>, <code>./lab spare</code>, <code>./lab extend</code>.
        </p>
      )}
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
            void look();
          }}
        />
      )}
    </main>
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
