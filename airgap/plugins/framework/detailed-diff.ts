import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import { equalValues, valueAt } from "./differences";
import type { Difference, PropertyMap, PropertyValue } from "./provider";

/** The engine's form of a Difference, with one detailed entry for each input that changed. */
export function diffResponse(difference: Difference, old: PropertyMap, inputs: PropertyMap): DiffResponse {
  const changed = [...new Set([...difference.changed, ...difference.replaces])];
  const response = new DiffResponse()
    .setChanges(changed.length === 0 ? DiffResponse.DiffChanges.DIFF_NONE : DiffResponse.DiffChanges.DIFF_SOME)
    .setReplacesList([...difference.replaces])
    .setDiffsList([...new Set(changed.map(topLevel))])
    .setDeletebeforereplace(difference.deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const path of changed) {
    const isReplacing = difference.replaces.some((name) => name === path || name === topLevel(path));
    response.getDetaileddiffMap().set(path, propertyDiff(path, isReplacing ? "replace" : "update", old, inputs));
  }
  return response;
}

function propertyDiff(path: string, effect: "replace" | "update", old: PropertyMap, inputs: PropertyMap): PropertyDiff {
  const before: PropertyValue = valueAt(old, path) ?? null;
  const after: PropertyValue = valueAt(inputs, path) ?? null;
  // Equal inputs: the world moved, not the program; the engine then shows the state's value instead.
  return new PropertyDiff().setKind(kindOf(before, after, effect)).setInputdiff(!equalValues(before, after));
}

function kindOf(before: PropertyValue, after: PropertyValue, effect: "replace" | "update"): PropertyDiff.Kind {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = PropertyDiff.Kind;
  const isReplacing = effect === "replace";
  if (before === null && after !== null) {
    return isReplacing ? ADD_REPLACE : ADD;
  }
  if (before !== null && after === null) {
    return isReplacing ? DELETE_REPLACE : DELETE;
  }
  return isReplacing ? UPDATE_REPLACE : UPDATE;
}

function topLevel(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}
