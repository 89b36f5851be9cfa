import { BinaryReader } from "google-protobuf";

/** A step of a build (BuildKit: vertex) as one status frame has it; later frames repeat steps. */
export interface Step {
  readonly digest: string;
  /** E.g. `[2/4] RUN apt-get update`. */
  readonly name: string;
  readonly cached: boolean;
  /** Seconds since the epoch. */
  readonly started?: number;
  readonly completed?: number;
  readonly error: string;
}

/** Output of a step's command. */
interface StepOutput {
  readonly digest: string;
  readonly text: string;
}

/** What one frame of BuildKit's status stream holds, as far as we show it. */
export interface StatusFrame {
  readonly steps: readonly Step[];
  readonly outputs: readonly StepOutput[];
  readonly warnings: readonly string[];
}

/** Decodes the `aux` of a `moby.buildkit.trace` line: a base64 `moby.buildkit.v1.StatusResponse`. */
export function decodeTrace(base64: string): StatusFrame {
  const steps: Step[] = [];
  const outputs: StepOutput[] = [];
  const warnings: string[] = [];
  try {
    readFields(Buffer.from(base64, "base64"), {
      1: (field) => steps.push(decodeStep(field.readBytes())),
      3: (field) => outputs.push(decodeOutput(field.readBytes())),
      4: (field) => warnings.push(decodeWarning(field.readBytes())),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`not a protocol buffer message, or one that is cut off: ${reason}`);
  }
  return { steps, outputs, warnings };
}

function decodeStep(message: Uint8Array): Step {
  const step = { digest: "", name: "", cached: false, error: "" };
  const times: { started?: number; completed?: number } = {};
  readFields(message, {
    1: (field) => (step.digest = textOf(field)),
    3: (field) => (step.name = textOf(field)),
    4: (field) => (step.cached = field.readBool()),
    5: (field) => (times.started = secondsOf(field)),
    6: (field) => (times.completed = secondsOf(field)),
    7: (field) => (step.error = textOf(field)),
  });
  return { ...step, ...times };
}

function decodeOutput(message: Uint8Array): StepOutput {
  const output = { digest: "", text: "" };
  readFields(message, {
    1: (field) => (output.digest = textOf(field)),
    4: (field) => (output.text = textOf(field)),
  });
  return output;
}

function decodeWarning(message: Uint8Array): string {
  let text = "";
  readFields(message, { 3: (field) => (text = textOf(field)) });
  return text;
}

/** Reads a `google.protobuf.Timestamp`. */
function secondsOf(timestamp: BinaryReader): number {
  let seconds = 0;
  readFields(timestamp.readBytes(), {
    1: (field) => (seconds += field.readInt64()),
    2: (field) => (seconds += field.readInt32() / 1e9),
  });
  return seconds;
}

function textOf(field: BinaryReader): string {
  return Buffer.from(field.readBytes()).toString("utf8");
}

/** Calls the given function for each field of a message that has that number. Throws on anything that is no such message. */
function readFields(message: Uint8Array, readers: Readonly<Record<number, (field: BinaryReader) => void>>): void {
  const reader = new BinaryReader(message);
  while (reader.nextField()) {
    const read = readers[reader.getFieldNumber()];
    if (read === undefined) {
      reader.skipField();
    } else {
      read(reader);
    }
  }
}
