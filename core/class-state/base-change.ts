import { SEAT_LABEL } from "../resource-names";
import type { StateResource } from "./state-resource";

/** What the machines of a class are to be made from. */
export interface WantedImages {
  readonly baseImage: string;
  /** Name of the node image, which holds a hash of all that it is built from. */
  readonly nodeImage: string;
}

/** A class whose machines were made from another base image, or another node image, than new ones are. */
export interface BaseChange {
  /** The base image that its machines were made from. */
  readonly from: string;
  /** Slots of those machines, e.g. `seat01`. */
  readonly slots: readonly string[];
}

/** How a class's machines differ from those wanted; undefined where there are none, or they do not. */
export function findBaseChange(
  resources: readonly StateResource[],
  { nodeImage }: WantedImages,
): BaseChange | undefined {
  const from = resources
    .filter(({ name, type }) => type === "docker:index/image:Image" && name.endsWith("-node-image"))
    .filter(({ inputs }) => inputs["imageName"] !== nodeImage)
    .map(baseOf)
    .find((base) => base !== undefined);
  const slots = resources.filter(({ type }) => type === "docker:index/container:Container").flatMap(slotOf);
  return from === undefined || slots.length === 0 ? undefined : { from, slots: [...new Set(slots)].sort() };
}

/** Build argument `BASE` of an image. */
function baseOf({ inputs }: StateResource): string | undefined {
  const base = at(at(at(inputs, "build"), "args"), "BASE");
  return typeof base === "string" ? base : undefined;
}

function slotOf({ inputs }: StateResource): string[] {
  const labels = inputs["labels"];
  const found = Array.isArray(labels) ? labels.find((label) => at(label, "label") === SEAT_LABEL) : undefined;
  const slot = at(found, "value");
  return typeof slot === "string" ? [slot] : [];
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
