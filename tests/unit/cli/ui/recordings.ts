import { readFileSync } from "node:fs";
import path from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type Board, emptyBoard } from "../../../../cli/ui/board/model";
import { reduce } from "../../../../cli/ui/board/reduce";

type StepMetadata = NonNullable<EngineEvent["resourcePreEvent"]>["metadata"];
type DiagnosticEvent = NonNullable<EngineEvent["diagnosticEvent"]>;

const URN_START = "urn:pulumi:t::lab-nodes::";
/** The engine stamps whole seconds only, so recorded events are played at a tenth of a second each. */
export const EVENT_MS = 100;

/** The events of `recordings/<name>.txt`. */
export function recording(name: string): EngineEvent[] {
  const file = path.join(__dirname, "recordings", `${name}.txt`);
  return readFileSync(file, "utf8").trim().split("\n").map(parseLine);
}

/** The board after all of these events. */
export function play(events: readonly EngineEvent[], from: Board = emptyBoard(0)): Board {
  return events.reduce((board, event) => reduce(board, event, event.sequence * EVENT_MS), from);
}

/** The urn of a node's resource, as the engine writes it. */
export function urnOf(type: string, name: string): string {
  return `${URN_START}lab-nodes:index:Classroom$lab-nodes:index:LabNode$${type}::${name}`;
}

/** A step event's metadata with what the board reads of it. */
export function step(op: StepMetadata["op"], urn: string): StepMetadata {
  return { op, urn, type: urn.split("::")[2]?.split("$").at(-1) ?? "", provider: "" };
}

/** A diagnostic; `severity` is a string because the engine sends one, "debug", that its type leaves out. */
export function diagnostic(sequence: number, severity: string, message: string, urn?: string): EngineEvent {
  const event = { message, color: "never", severity: severity as DiagnosticEvent["severity"] };
  return { sequence, timestamp: 0, diagnosticEvent: urn === undefined ? event : { ...event, urn } };
}

function parseLine(line: string): EngineEvent {
  const [number = "", kind = "", ...words] = line.split(" ");
  const base = { sequence: Number(number), timestamp: 0 };
  if (kind === "summary") {
    return { ...base, summaryEvent: JSON.parse(words.join(" ")) };
  }
  if (kind === "pre" || kind === "outputs" || kind === "op-failed") {
    const [planning, operation = "", ...name] = words;
    const metadata = step(operation as StepMetadata["op"], `${URN_START}${name.join(" ")}`);
    return { ...base, ...stepEvent(kind, { metadata, planning: planning === "planning" }) };
  }
  const [, name = "", ...text] = words;
  const message: string = JSON.parse(text.join(" "));
  return diagnostic(base.sequence, kind, message, name === "-" ? undefined : `${URN_START}${name}`);
}

function stepEvent(
  kind: "pre" | "outputs" | "op-failed",
  content: NonNullable<EngineEvent["resourcePreEvent"]>,
): Partial<EngineEvent> {
  switch (kind) {
    case "pre":
      return { resourcePreEvent: content };
    case "outputs":
      return { resOutputsEvent: content };
    case "op-failed":
      return { resOpFailedEvent: { metadata: content.metadata, status: 0, steps: 0 } };
  }
}
