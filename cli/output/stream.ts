import picocolors from "picocolors";

/** Where progress goes: `process.stderr`, or anything a test writes into. */
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** The colour functions of picocolors, all of them plain when colours are off. */
export type Colors = ReturnType<typeof picocolors.createColors>;

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
  return picocolors.createColors(!isSet(environment["NO_COLOR"]) && (forced || canMoveCursor(stream, environment)));
}

function canMoveCursor(stream: OutputStream, environment: OutputEnvironment): boolean {
  return stream.isTTY === true && environment["TERM"] !== "dumb";
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
