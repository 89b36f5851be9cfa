import { FitAddon } from "@xterm/addon-fit";
import { type ITheme, Terminal } from "@xterm/xterm";
import { limitMarks, limitSequences } from "./escape-sequence-limits";

/** The nonce with which the page's script may create styles. Readable only while the script starts. */
const nonce = (document.currentScript as HTMLScriptElement | null)?.nonce ?? "";

/** A terminal on the page. */
export interface Screen {
  readonly terminal: Terminal;
  /** Shows output of the node. */
  write(text: string): void;
  dispose(): void;
}

/** Puts a terminal into an element, as large as that is, in the colours of the page. */
export function openScreen(element: HTMLElement, onLeave: () => void): Screen {
  const terminal = new Terminal({
    cursorBlink: true,
    fontFamily: 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, "Courier New", monospace',
    // Narrow windows need the smaller letters: reports are wide.
    fontSize: matchMedia("(max-width: 75rem)").matches ? 12 : 14,
    lineHeight: 1.15,
    scrollback: 5000,
    theme: themeOf(element),
  });
  limitSequences(terminal);
  const limited = limitMarks();
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  withNonce(() => terminal.open(element));
  fit.fit();
  // The terminal captures Tab, so keyboard users need another key to leave it.
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.key !== "F6") {
      return true;
    }
    if (event.type === "keydown") {
      event.preventDefault();
      event.stopPropagation();
      onLeave();
    }
    return false;
  });
  const resized = new ResizeObserver(() => fit.fit());
  resized.observe(element);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const recolour = () => {
    terminal.options.theme = themeOf(element);
  };
  dark.addEventListener("change", recolour);
  return {
    terminal,
    write: (text) => terminal.write(limited(text)),
    dispose: () => {
      resized.disconnect();
      dark.removeEventListener("change", recolour);
      terminal.dispose();
    },
  };
}

/** Adds the nonce to style elements that `work` creates, as the page's security policy requires. */
function withNonce(work: () => void): void {
  const create = document.createElement;
  document.createElement = ((name: string, options?: ElementCreationOptions) => {
    const element = create.call(document, name, options);
    if (name === "style") {
      element.nonce = nonce;
    }
    return element;
  }) as typeof document.createElement;
  try {
    work();
  } finally {
    document.createElement = create;
  }
}

function themeOf(element: HTMLElement): ITheme {
  const styles = getComputedStyle(element);
  const value = (name: string) => styles.getPropertyValue(name).trim();
  const names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
  return {
    background: value("--terminal"),
    foreground: value("--terminal-ink"),
    cursor: value("--terminal-ink"),
    cursorAccent: value("--terminal"),
    selectionBackground: value("--terminal-selection"),
    // Bold text is drawn in the bright ones.
    ...Object.fromEntries(
      names.flatMap((name) => {
        const colour = value(`--terminal-${name}`);
        return [
          [name, colour],
          [`bright${name.charAt(0).toUpperCase()}${name.slice(1)}`, colour],
        ];
      }),
    ),
  };
}
