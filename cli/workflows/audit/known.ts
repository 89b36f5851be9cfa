import type { StateResource } from "../../../core/class-state/state-resource";

/**
 * Every text in a state: ids and names of all that Pulumi knows of, and will take down. Things at large are looked up among
 * them, for only some are resources of their own: the disk of an instance is a text of the instance's.
 */
export function textsIn(resources: readonly StateResource[]): Set<string> {
  const texts = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === "string") {
      texts.add(value);
    } else if (typeof value === "object" && value !== null) {
      Object.values(value).forEach(add);
    }
  };
  for (const { id, inputs, outputs } of resources) {
    add([id, inputs, outputs]);
  }
  return texts;
}
