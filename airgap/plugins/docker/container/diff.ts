import type { Difference, PropertyMap } from "../../framework/provider";
import { sameValue } from "./compare";
import { CONTAINER_INPUTS, UNFINISHED } from "./schema";

/**
 * What the program's inputs would change on the container in the state, by the official rules: nearly everything
 * makes a new container, and the old one goes first, since both have the same name and ports.
 */
export function diffContainer(state: PropertyMap, inputs: PropertyMap): Difference {
  if (state[UNFINISHED] !== undefined) {
    return { changed: ["start"], replaces: ["start"], deleteBeforeReplace: true };
  }
  const changed = Object.entries(CONTAINER_INPUTS)
    .filter(([name, rule]) => !sameValue(name, rule, state[name], inputs[name]))
    .map(([name]) => name);
  const replaces = changed.filter((name) => CONTAINER_INPUTS[name]?.change === "replace");
  return { changed, replaces, deleteBeforeReplace: replaces.length > 0 };
}
