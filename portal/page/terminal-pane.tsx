import { useEffect, useRef, useState } from "preact/hooks";
import type { ClientMessage, Recording, ServerMessage } from "../protocol";
import { Line } from "./line";
import { openScreen } from "./screen";

/** Ctrl-U: clears what was typed, so that a click does not append to it. */
const CLEAR_LINE = "\x15";

/** Controls the terminal from the rest of the page. */
export interface TerminalHandle {
  /** Types a command and presses Enter. False when the terminal is not connected. */
  run(command: string): boolean;
  focus(): void;
}

interface Props {
  readonly query: string;
  readonly recording: Recording;
  /** Called when the terminal has reconnected: the machine may be a new one. */
  readonly onConnectedAgain: () => void;
  readonly onReady: (handle: TerminalHandle) => void;
  readonly onLeave: () => void;
  readonly onForbidden: () => void;
}

type State = Extract<ServerMessage, { kind: "state" }>;

/** The terminal, with its state and notices above. */
export function TerminalPane({ query, recording, onConnectedAgain, onReady, onLeave, onForbidden }: Props) {
  const container = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<Pick<State, "state" | "text">>({ state: "connecting", text: "Connecting." });
  const [notices, setNotices] = useState<readonly string[]>([]);

  // One terminal while the page is open
  useEffect(() => {
    if (container.current === null) {
      return undefined;
    }
    const { terminal, write, dispose } = openScreen(container.current, onLeave);
    let isOpen = false;
    let openings = 0;
    const sizeMessage = (): ClientMessage => ({ kind: "size", columns: terminal.cols, rows: terminal.rows });
    const onMessage = (message: ServerMessage) => {
      if (message.kind === "screen") {
        write(message.text);
      } else if (message.kind === "notice") {
        setNotices((shown) => [...shown.slice(-2), message.text]);
      } else {
        isOpen = message.state === "open";
        openings += isOpen ? 1 : 0;
        if (isOpen && openings > 1) {
          onConnectedAgain();
        }
        setState(message);
      }
    };
    const line = new Line({ query, onMessage, firstMessages: () => [sizeMessage()], onForbidden });
    terminal.onData((text) => line.send({ kind: "keys", text }));
    terminal.onResize(() => line.send(sizeMessage()));
    const run = (command: string) => {
      if (isOpen) {
        line.send({ kind: "keys", text: `${CLEAR_LINE}${command}\r` });
        terminal.scrollToBottom();
      }
      return isOpen;
    };
    onReady({ run, focus: () => terminal.focus() });
    return () => {
      line.close();
      dispose();
    };
  }, [query]);

  return (
    <section class="terminal-pane" aria-label="Terminal of your machine">
      <div class="terminal-bar">
        <p class={`state ${state.state}`} role="status">
          {state.text}
        </p>
        <p class="keys-hint">
          <kbd>F6</kbd> switches between lesson and terminal
        </p>
      </div>
      {recording === "recorded" && (
        <p class="recording">This terminal is recorded: your instructor saves everything it shows.</p>
      )}
      <div class="notices" role="status">
        {notices.map((text, index) => (
          <p class="notice" key={`${index} ${text}`}>
            <span>{text}</span>
            <button
              type="button"
              aria-label="Close this notice"
              onClick={() => setNotices((shown) => shown.filter((_, other) => other !== index))}
            >
              ×
            </button>
          </p>
        ))}
      </div>
      <div class="terminal-container" ref={container} />
    </section>
  );
}
