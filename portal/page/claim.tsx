import { useEffect, useState } from "preact/hooks";
import type { Recording } from "../protocol";
import { ask, useRequest } from "./api";

interface Props {
  readonly lab: string;
  readonly recording: Recording;
  /** Why a browser that had a seat has lost it. */
  readonly reason: string | undefined;
  readonly onClaimed: () => Promise<void>;
}

/** Lets a browser claim its seat with a code. */
export function Claim({ lab, recording, reason, onClaimed }: Props) {
  const [code, setCode] = useState(codeInAddress());
  const { isRunning, problem = reason, run } = useRequest();
  const claim = () =>
    run(async () => {
      await ask("/api/claim", { code });
      history.replaceState(null, "", location.pathname);
      await onClaimed();
    });
  // Once: the address from the card's QR code contains the code
  useEffect(() => {
    if (code !== "") {
      void claim();
    }
  }, []);
  return (
    <main class="claim">
      <h1>Lab "{lab}"</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isRunning) {
            void claim();
          }
        }}
      >
        <label for="code">The code on your card</label>
        <input
          id="code"
          value={code}
          placeholder="abcd-2345-wxyz"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          required
          aria-describedby="code-problem"
          onInput={({ currentTarget }) => setCode(currentTarget.value)}
        />
        <button type="submit" class="primary" aria-disabled={isRunning}>
          {isRunning ? "Checking the code ..." : "Take my seat"}
        </button>
        <p id="code-problem" class="failed" role="alert">
          {problem}
        </p>
      </form>
      {recording === "recorded" && (
        <p class="recording">Terminals in this class are recorded: your instructor saves everything they show.</p>
      )}
      <p class="quiet">A code works in one browser. This browser keeps the seat until the class ends.</p>
    </main>
  );
}

/** The code after the `#` in a card's QR code: three groups, or two in older classes. */
function codeInAddress(): string {
  const text = location.hash.slice(1);
  return /^[a-z0-9]{4}(-[a-z0-9]{4}){1,2}$/i.test(text) ? text : "";
}
