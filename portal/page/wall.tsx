import { useEffect, useState } from "preact/hooks";
import type { WallAnswer } from "../protocol";
import { ask, errorMessage } from "./api";
import { WallChange } from "./wall-change";
import { type Asked, WallDialog } from "./wall-dialog";
import { WallHeader } from "./wall-header";
import { WallMessage } from "./wall-message";
import { WallSeatRow } from "./wall-seat-row";

const EVERY_MILLISECONDS = 2000;

/** The instructor's view of the class: every seat and step, with actions. */
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
      .catch((error) => setProblem(errorMessage(error)));
  // One timer while the page is open
  useEffect(() => {
    void look();
    const timer = setInterval(look, EVERY_MILLISECONDS);
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
