import { bytesOf, decodeFields, type Field, numberOf, textOf } from "./protobuf";

/** A step of a build (BuildKit: vertex) as one status frame tells it; frames repeat steps as they go on. */
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
  const fields = decodeFields(Buffer.from(base64, "base64"));
  return {
    steps: bytesOf(fields, 1).map(decodeStep),
    outputs: bytesOf(fields, 3).map(decodeOutput),
    warnings: bytesOf(fields, 4).map((warning) => textOf(decodeFields(warning), 3)),
  };
}

function decodeStep(message: Buffer): Step {
  const fields = decodeFields(message);
  const started = secondsOf(fields, 5);
  const completed = secondsOf(fields, 6);
  return {
    digest: textOf(fields, 1),
    name: textOf(fields, 3),
    cached: numberOf(fields, 4) === 1,
    ...(started === undefined ? {} : { started }),
    ...(completed === undefined ? {} : { completed }),
    error: textOf(fields, 7),
  };
}

function decodeOutput(message: Buffer): StepOutput {
  const fields = decodeFields(message);
  return { digest: textOf(fields, 1), text: textOf(fields, 4) };
}

function secondsOf(fields: readonly Field[], number: number): number | undefined {
  const timestamp = bytesOf(fields, number).at(-1);
  if (timestamp === undefined) {
    return undefined;
  }
  const parts = decodeFields(timestamp);
  return numberOf(parts, 1) + numberOf(parts, 2) / 1e9;
}
