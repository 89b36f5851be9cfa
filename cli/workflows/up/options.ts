import type { Refresh } from "../../../adapters/pulumi/operation";
import type { ConfigChanges } from "../../../config/settings";

/** Options of `lab up`. */
export interface UpOptions {
  /** Settings from the command line, by full name. */
  readonly changes: ConfigChanges;
  readonly refresh: Refresh;
  /** Seats whose machines are to be recreated. */
  readonly replace: readonly string[];
  /** What becomes of images on nodes that are not there any more, or not as they were. */
  readonly images: "repair" | "leave";
  /** Whether it ends with a quick verdict on what was made, changed or not proven yet. */
  readonly verdict: "quick" | "none";
  /** Whether the machine has to have room for the class. */
  readonly room: "required" | "unjudged";
  /** What a command that is more than an `up` has done besides: part of its JSON. @default - nothing */
  readonly report?: Readonly<Record<string, unknown>>;
}
