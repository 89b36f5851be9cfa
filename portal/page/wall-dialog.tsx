import { useEffect, useRef, useState } from "preact/hooks";
import type { Change, WallAnswer } from "../protocol";
import { ask, errorMessage } from "./api";

/** A change that needs confirmation. */
export type Asked =
  | { readonly kind: "reset"; readonly seat: string }
  | { readonly kind: "spare"; readonly seat: string }
  | { readonly kind: "extend" };

interface Props {
  readonly asked: Asked;
  readonly wall: WallAnswer;
  readonly onClose: () => void;
}

/** Explains the effects of a change, and makes it after confirmation. */
export function WallDialog({ asked, wall, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [home, setHome] = useState<"keep" | "discard">("keep");
  const [by, setBy] = useState<Extension>("1h");
  const [problem, setProblem] = useState<string>();
  // Shown once
  useEffect(() => dialog.current?.showModal(), []);
  const make = async () => {
    try {
      await ask("/api/wall/change", changeOf(asked, home, by));
      dialog.current?.close();
    } catch (error) {
      setProblem(errorMessage(error));
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
  reset: { title: (seat) => `Replace the machine of ${seat}?`, verb: "Replace machine" },
  spare: { title: (seat) => `Move ${seat} to a spare?`, verb: "Move to a spare" },
  extend: { title: (lab) => `Extend the class "${lab}"?`, verb: "Extend" },
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
          The machine with its disk: images, containers and files outside the home folder
          {home === "discard" && <strong>, and the home folder</strong>}. The seat's progress on this wall is reset.
        </dd>
        <dt>Kept</dt>
        <dd>
          {home === "keep" && (
            <>
              The home folder, as an archive in <code>{homes}</code> on the portal's machine.{" "}
            </>
          )}
          Address, password, card and the browser's seat. Other seats are not affected.
        </dd>
        <dt>The student</dt>
        <dd>is notified now. The page connects to the new machine automatically in a minute or two.</dd>
      </dl>
      <label class="choice">
        <input
          type="checkbox"
          checked={home === "discard"}
          onChange={({ currentTarget }) => onHome(currentTarget.checked ? "discard" : "keep")}
        />
        Do not save the home folder (for a machine that cannot be reached)
      </label>
    </>
  );
}

function SpareText({ spares }: { readonly spares: number }) {
  return (
    <dl>
      <dt>Lost</dt>
      <dd>
        Nothing immediately. The student's work stays on the old machine and is not copied to the spare. The next{" "}
        <code>./lab up</code> deletes the old machine.
      </dd>
      <dt>Needed</dt>
      <dd>{spares === 1 ? "The last spare" : `One of ${spares} spares`}; it takes a few seconds.</dd>
      <dt>The student</dt>
      <dd>is notified now. The page connects to the spare automatically.</dd>
    </dl>
  );
}

function ExtendText({ by, onBy }: { readonly by: Extension; readonly onBy: (by: Extension) => void }) {
  return (
    <>
      <p>All machines and their contents stay. Machines that cost money cost it for longer.</p>
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
