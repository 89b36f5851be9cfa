import { useEffect, useRef, useState } from "preact/hooks";
import type { Change, WallAnswer } from "../protocol";
import { ask, wordsOf } from "./api";

/** A change that is asked about before it is made. */
export type Asked =
  | { readonly kind: "reset"; readonly seat: string }
  | { readonly kind: "spare"; readonly seat: string }
  | { readonly kind: "extend" };

interface Props {
  readonly asked: Asked;
  readonly wall: WallAnswer;
  readonly onClose: () => void;
}

/** Says what a change costs and keeps, and makes it if it is wanted. */
export function WallDialog({ asked, wall, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [home, setHome] = useState<"keep" | "discard">("keep");
  const [by, setBy] = useState<Extension>("1h");
  const [problem, setProblem] = useState<string>();
  // Shown once, for as long as it is there
  useEffect(() => dialog.current?.showModal(), []);
  const make = async () => {
    try {
      await ask("/api/wall/change", changeOf(asked, home, by));
      dialog.current?.close();
    } catch (error) {
      setProblem(wordsOf(error));
    }
  };
  const { title, verb } = WORDS[asked.kind];
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title">{title("seat" in asked ? asked.seat : wall.lab)}</h2>
      {asked.kind === "reset" && <ResetText homes={wall.homes} home={home} onHome={setHome} />}
      {asked.kind === "spare" && <SpareText spares={wall.spares} />}
      {asked.kind === "extend" && <ExtendText by={by} onBy={setBy} />}
      <p class="failed" role="alert">
        {problem}
      </p>
      <div class="dialog-buttons">
        <button type="button" class="plain" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button type="button" class="primary" onClick={make}>
          {verb}
        </button>
      </div>
    </dialog>
  );
}

type Extension = Extract<Change, { kind: "extend" }>["by"];

const EXTENSIONS: Readonly<Record<Extension, string>> = { "30m": "30 minutes", "1h": "1 hour", "2h": "2 hours" };

const WORDS: Readonly<Record<Asked["kind"], { title: (name: string) => string; verb: string }>> = {
  reset: { title: (seat) => `A new machine for ${seat}?`, verb: "Make a new machine" },
  spare: { title: (seat) => `Move ${seat} to a spare?`, verb: "Move to a spare" },
  extend: { title: (lab) => `A later end for "${lab}"?`, verb: "Extend" },
};

function changeOf(asked: Asked, home: "keep" | "discard", by: Extension): Change {
  switch (asked.kind) {
    case "reset":
      return { ...asked, home };
    case "spare":
      return asked;
    case "extend":
      return { kind: "extend", by };
  }
}

interface ResetProps {
  readonly homes: string;
  readonly home: "keep" | "discard";
  readonly onHome: (home: "keep" | "discard") => void;
}

function ResetText({ homes, home, onHome }: ResetProps) {
  return (
    <>
      <dl>
        <dt>Lost</dt>
        <dd>
          The machine with its disk: images, containers, files elsewhere than in the home folder
          {home === "discard" && <strong>, and the home folder</strong>}. The seat's steps begin anew on this wall.
        </dd>
        <dt>Kept</dt>
        <dd>
          {home === "keep" && (
            <>
              The home folder, as an archive in <code>{homes}</code> on the portal's machine.{" "}
            </>
          )}
          Address, password, card and the browser's seat. All other seats.
        </dd>
        <dt>The student</dt>
        <dd>is told now. The page connects to the new machine by itself, in a minute or two.</dd>
      </dl>
      <label class="choice">
        <input
          type="checkbox"
          checked={home === "discard"}
          onChange={({ currentTarget }) => onHome(currentTarget.checked ? "discard" : "keep")}
        />
        Without keeping the home folder: for a machine that cannot be reached
      </label>
    </>
  );
}

function SpareText({ spares }: { readonly spares: number }) {
  return (
    <dl>
      <dt>Lost</dt>
      <dd>
        Nothing at once. What the student has made is on the old machine, not on the spare, and the next{" "}
        <code>./lab up</code> removes the old machine.
      </dd>
      <dt>Needed</dt>
      <dd>{spares === 1 ? "The last spare" : `One of ${spares} spares`}; it takes a few seconds.</dd>
      <dt>The student</dt>
      <dd>is told now. The page connects to the spare by itself.</dd>
    </dl>
  );
}

function ExtendText({ by, onBy }: { readonly by: Extension; readonly onBy: (by: Extension) => void }) {
  return (
    <>
      <p>All machines stay, with all that is on them, and cost what they cost for so much longer.</p>
      <label class="choice">
        By
        <select value={by} onChange={({ currentTarget }) => onBy(currentTarget.value as Extension)}>
          {Object.entries(EXTENSIONS).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
