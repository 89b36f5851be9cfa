import picocolors from "picocolors";
import { ownColor, SafeOutput, type TerminalStream } from "../../core/safe-output";

/** Where output goes: a `SafeOutput`, or in tests also a bare stream. */
export type OutputStream = SafeOutput | TerminalStream;

const PAINTS = ["red", "green", "yellow", "cyan", "dim", "bold"] as const;

/** Those colour functions of picocolors that we use, all of them plain when colours are off. */
export type Colors = Pick<ReturnType<typeof picocolors.createColors>, "isColorSupported" | (typeof PAINTS)[number]>;

/** The environment variables that decide how output is drawn. */
export type OutputEnvironment = Readonly<Record<string, string | undefined>>;

/** `live` redraws lines in place, `plain` only ever appends lines. */
export type DrawingStyle = "live" | "plain";

/** Redrawing needs a terminal that can move its cursor, and someone in front of it: logs of a CI run keep every redraw. */
export function drawingStyle(stream: OutputStream, environment: OutputEnvironment = process.env): DrawingStyle {
  const runsInContinuousIntegration = isSet(environment["CI"]) && environment["CI"] !== "false";
  return canMoveCursor(stream, environment) && !runsInContinuousIntegration ? "live" : "plain";
}

/** Colours for `stream`: on a capable terminal unless NO_COLOR is set; elsewhere only when FORCE_COLOR asks for them. */
export function colorsFor(stream: OutputStream, environment: OutputEnvironment = process.env): Colors {
  const forced = isSet(environment["FORCE_COLOR"]) && environment["FORCE_COLOR"] !== "0";
  const isOn = !isSet(environment["NO_COLOR"]) && (forced || canMoveCursor(stream, environment));
  const colors = picocolors.createColors(isOn);
  return stream instanceof SafeOutput && isOn ? ownColors(colors) : colors;
}

/** The stream for libraries that move the cursor. What they write of others has to go through `terminalText` first. */
export function terminalOf(stream: OutputStream): TerminalStream {
  return stream instanceof SafeOutput ? stream.terminal : stream;
}

function ownColors(colors: Colors): Colors {
  return { ...colors, ...Object.fromEntries(PAINTS.map((name) => [name, ownColor(colors[name])])) };
}

function canMoveCursor(stream: OutputStream, environment: OutputEnvironment): boolean {
  return stream.isTTY === true && environment["TERM"] !== "dumb";
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
