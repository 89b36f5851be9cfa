import { useEffect, useRef, useState } from "preact/hooks";
import type { Change, WallAnswer } from "../protocol";
import { ask, useRequest } from "./api";

interface Props {
  /** The change to confirm, with its default options. */
  readonly asked: Change;
  readonly wall: WallAnswer;
  readonly onClose: () => void;
}

/** Explains the effects of a change, and makes it after confirmation. */
export function WallDialog({ asked, wall, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [change, setChange] = useState(asked);
  const { problem, run } = useRequest();
  // Shown once
  useEffect(() => dialog.current?.showModal(), []);
  const make = () =>
    run(async () => {
      await ask("/api/wall/change", change);
      dialog.current?.close();
    });
  const { title, verb } = TEXTS[change.kind];
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={onClose}>
      <h2 id="dialog-title">{title("seat" in change ? change.seat : wall.lab)}</h2>
      {change.kind === "reset" && <ResetText change={change} onChange={setChange} homes={wall.homes} />}
      {change.kind === "spare" && <SpareText spares={wall.spares} />}
      {change.kind === "extend" && <ExtendText change={change} onChange={setChange} />}
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

type Reset = Extract<Change, { kind: "reset" }>;
type Extend = Extract<Change, { kind: "extend" }>;

const EXTENSIONS: Readonly<Record<Extend["by"], string>> = { "30m": "30 minutes", "1h": "1 hour", "2h": "2 hours" };

const TEXTS: Readonly<Record<Change["kind"], { title: (name: string) => string; verb: string }>> = {
  reset: { title: (seat) => `Replace the machine of ${seat}?`, verb: "Replace machine" },
  spare: { title: (seat) => `Move ${seat} to a spare?`, verb: "Move to a spare" },
  extend: { title: (lab) => `Extend the class "${lab}"?`, verb: "Extend" },
};

interface OptionProps<Kind> {
  readonly change: Kind;
  readonly onChange: (change: Kind) => void;
}

function ResetText({ change, onChange, homes }: OptionProps<Reset> & { readonly homes: string }) {
  const { home } = change;
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
          onChange={({ currentTarget }) => onChange({ ...change, home: currentTarget.checked ? "discard" : "keep" })}
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

function ExtendText({ change, onChange }: OptionProps<Extend>) {
  return (
    <>
      <p>All machines and their contents stay. Machines that cost money cost it for longer.</p>
      <label class="choice">
        By
        <select
          value={change.by}
          onChange={({ currentTarget }) => onChange({ ...change, by: currentTarget.value as Extend["by"] })}
        >
          {Object.entries(EXTENSIONS).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
