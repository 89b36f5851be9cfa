import { randomBytes } from "node:crypto";

/** Control characters except tabs and line ends, and characters that change the direction of text. */
export const UNSAFE_CHARACTERS = /[^\P{Cc}\n\t\r]|\r(?!\n)|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Stands for ESC in colours of our own until they are written. A node cannot know it, so it cannot send one. */
const OWN_ESCAPE = `\ufdd0${randomBytes(8).toString("hex")}`;

/** A terminal, or a file or pipe in its place. */
export type TerminalStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/**
 * Text with each control and direction character as its `\uXXXX` escape; tabs, LF and CR LF stay. JSON stays valid and
 * keeps its values: such a character can only be inside a string there.
 */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE_CHARACTERS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A colour whose sequences, and no others in its text, pass a {@link SafeOutput}. */
export function ownColor(color: (text: string) => string): (text: unknown) => string {
  return (text) => color(escapeControls(String(text))).replaceAll("\u001b", OWN_ESCAPE);
}

/** What a {@link SafeOutput} writes for a text. For libraries that move the cursor and write to the terminal themselves. */
export function terminalText(text: string): string {
  return escapeControls(text).replaceAll(OWN_ESCAPE, "\u001b");
}

/** The only way from `lab` to the operator's terminal: nothing that a node says can command the terminal. */
export class SafeOutput {
  constructor(readonly terminal: TerminalStream) {}

  get isTTY(): boolean {
    return this.terminal.isTTY === true;
  }

  get columns(): number | undefined {
    return this.terminal.columns;
  }

  get rows(): number | undefined {
    return this.terminal.rows;
  }

  write(text: string): void {
    this.terminal.write(terminalText(text));
  }
}
