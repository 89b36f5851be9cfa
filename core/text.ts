import { stripVTControlCharacters } from "node:util";
import stringWidth from "string-width";
import { UNSAFE_CHARACTERS } from "./safe-output";

/** Pictures in turn for something under way. */
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"] as const;

/** Time between two pictures of the spinner, and so between two redraws: 8 a second. */
export const REDRAW_INTERVAL_MS = 125;

/** The spinner's picture at a time, so that every spinner on the screen turns in step. */
export function spinnerAt(now: number): string {
  return SPINNER[Math.floor(now / REDRAW_INTERVAL_MS) % SPINNER.length] ?? SPINNER[0];
}

/** How long something took: "0.4 s", "12 s", "2 m 05 s", "1 h 05 m". */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)} s`;
  }
  return formatWholeSeconds(Math.round(seconds));
}

/** How long something has been under way, in whole seconds: it ticks, tenths would only flicker. */
export function formatElapsed(milliseconds: number): string {
  return formatWholeSeconds(Math.floor(Math.max(0, milliseconds) / 1000));
}

function formatWholeSeconds(seconds: number): string {
  if (seconds < 60) {
    return `${seconds} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} m ${String(seconds % 60).padStart(2, "0")} s`
    : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} m`;
}

/** A duration for a table cell of five columns: "2 m 05 s" becomes "2m05s", and from ten minutes on seconds are dropped. */
export function compactDuration(duration: string): string {
  const minutesAndSeconds = /^(\d+) m (\d\d) s$/.exec(duration);
  if (minutesAndSeconds) {
    const [, minutes = "", seconds = ""] = minutesAndSeconds;
    return minutes.length === 1 ? `${minutes}m${seconds}s` : `${minutes} m`;
  }
  return duration.replace(/^(\d+) h (\d\d) m$/, "$1h$2m");
}

/**
 * Text of others for a line or a table of ours: no terminal sequences, none of Pulumi's colour marks, no control
 * characters except line ends, no characters that change the direction of text.
 */
export function plainText(text: string): string {
  const shown = withoutSequences(text.replace(/<\{%[^%]*%\}>/g, "")).replace(/\t/g, "  ");
  return shown.replace(UNSAFE_CHARACTERS, "");
}

/** Text of others as lines: whole terminal sequences are dropped, and a carriage return starts a new line. */
export function withoutSequences(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n?/g, "\n");
}

/** The first line that is not blank, its white space folded. */
export function firstLine(text: string): string {
  return linesOf(text)[0] ?? "";
}

/** The last such line. */
export function lastLine(text: string): string {
  return linesOf(text).at(-1) ?? "";
}

function linesOf(text: string): string[] {
  const lines = plainText(text).split("\n");
  return lines.map((line) => line.replace(/\s+/g, " ").trim()).filter((line) => line !== "");
}

/** Terminal columns that `text` (without colours) takes. */
export function textWidth(text: string): number {
  return stringWidth(text);
}

/** `text` cut to `columns`, the cut marked by an ellipsis. */
export function clip(text: string, columns: number): string {
  if (textWidth(text) <= columns) {
    return text;
  }
  let beginning = "";
  let width = 0;
  for (const character of text) {
    width += stringWidth(character);
    if (width > columns - 1) {
      break;
    }
    beginning += character;
  }
  return columns < 1 ? "" : `${beginning.trimEnd()}…`;
}

/** `text` filled up with spaces, or cut, to exactly `columns`. */
export function fill(text: string, columns: number): string {
  const clipped = clip(text, columns);
  return clipped + " ".repeat(Math.max(0, columns - textWidth(clipped)));
}
