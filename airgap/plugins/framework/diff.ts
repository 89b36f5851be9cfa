import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";
import type { Difference, PropertyMap, PropertyValue } from "./provider";
import { equalValues, isList, isMap } from "./values";

/** Top-level inputs that differ, and which of them ask for a new resource. */
export function compareInputs(old: PropertyMap, inputs: PropertyMap, replaceOnChanges: readonly string[]): Difference {
  const names = [...new Set([...Object.keys(old), ...Object.keys(inputs)])];
  const changed = names.filter((name) => !equalValues(old[name], inputs[name]));
  const replaces = changed.filter((name) => replaceOnChanges.includes(name));
  return { changed, replaces, deleteBeforeReplace: false };
}

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
    const before = valueAt(old, path) ?? null;
    const after = valueAt(inputs, path) ?? null;
    const isReplacing = difference.replaces.some((name) => name === path || name === topLevel(path));
    const kind =
      KINDS[before === null && after !== null ? "add" : before !== null && after === null ? "delete" : "update"];
    // Equal inputs: the world moved, not the program; the engine then shows the state's value instead.
    const isInputDiff = !equalValues(before, after);
    const detail = new PropertyDiff().setKind(isReplacing ? kind.replace : kind.inPlace).setInputdiff(isInputDiff);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

const KINDS = {
  add: { inPlace: PropertyDiff.Kind.ADD, replace: PropertyDiff.Kind.ADD_REPLACE },
  delete: { inPlace: PropertyDiff.Kind.DELETE, replace: PropertyDiff.Kind.DELETE_REPLACE },
  update: { inPlace: PropertyDiff.Kind.UPDATE, replace: PropertyDiff.Kind.UPDATE_REPLACE },
} as const;

function topLevel(path: string): string {
  return path.split(/[.[]/, 1)[0] ?? path;
}

/** Value at a path such as `build.args.VERSION` or `ports[0].internal`; undefined where there is none. */
export function valueAt(properties: PropertyMap, path: string): PropertyValue | undefined {
  const steps = path.split(/[.[\]]+/).filter((step) => step !== "");
  let value: PropertyValue | undefined = properties;
  for (const step of steps) {
    if (isList(value)) {
      value = value[Number(step)];
    } else {
      value = isMap(value) ? value[step] : undefined;
    }
  }
  return value;
}
