import { compareInputs } from "../../../../airgap/plugins/framework/diff";
import {
  type CallContext,
  type CheckFailure,
  type Difference,
  PartialFailure,
  type PropertyMap,
  type PropertyValue,
  type ResourceHandler,
  UNKNOWN,
} from "../../../../airgap/plugins/framework/provider";
import { containsUnknown, equalValues, object, textMap } from "../../../../airgap/plugins/framework/values";
import { untilFound } from "./api";
import type { Aws } from "./configure";
import { type NestedInputs, refreshedInputs, refuseNested, requireInputs, requireOneOf } from "./inputs";
import { moveTags, type Tags } from "./tags";

/** What was asked for, and what the API says is there. */
export interface Progress {
  readonly id: string;
  readonly inputs: PropertyMap;
  readonly seen: PropertyMap;
}

/** What is special about one type of resource. All names are those of the official schema. */
export interface Kind {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly required: readonly string[];
  /** Of these exactly one is needed. */
  readonly oneOf?: readonly string[];
  readonly nested?: NestedInputs;
  /** Whether it takes tags; `tags` is then an input, and the provider's default tags are among its own. */
  readonly tagged: "tagged" | "untagged";
  /** The id that tags go by, where it is not the resource's own. */
  tagsId?(seen: PropertyMap): string | undefined;
  /** Values that the official schema gives to inputs that were left out. */
  readonly defaults?: PropertyMap;
  readonly replaceOnChanges: readonly string[];
  readonly deleteBeforeReplace?: true;
  /** Outputs that a preview cannot know. */
  readonly outputs: readonly string[];
  /** Further replacements, told by their paths. */
  replaces?(old: PropertyMap, inputs: PropertyMap): string[];
  /** What else may be wrong with the inputs. */
  check?(inputs: PropertyMap): CheckFailure[];
  /** The first call, after which there is something to take away. */
  create(aws: Aws, inputs: PropertyMap, context: CallContext): Promise<string>;
  /** What the API says about it, in the schema's words; undefined when it is gone. */
  find(aws: Aws, id: string, inputs: PropertyMap, context: CallContext): Promise<PropertyMap | undefined>;
  /** Makes what is there what was asked for: after the first call, and whenever inputs change in place. */
  converge?(aws: Aws, progress: Progress, context: CallContext): Promise<void>;
  remove(aws: Aws, id: string, state: PropertyMap, context: CallContext): Promise<void>;
}

/** The framework's handler for a kind. */
export function resourceHandler(kind: Kind, defaultTags: () => Tags): ResourceHandler<Aws> {
  return {
    inputs: kind.tagged === "tagged" ? [...kind.inputs, "tags"] : kind.inputs,
    check: (given) => {
      const inputs = { ...kind.defaults, ...withDefaultTags(kind, given, defaultTags()) };
      const failures = [
        ...requireInputs(inputs, kind.required),
        ...requireOneOf(inputs, kind.oneOf ?? []),
        ...refuseNested(inputs, kind.nested ?? {}),
        ...(kind.check?.(inputs) ?? []),
      ];
      return { inputs, failures };
    },
    diff: (old, inputs) => difference(kind, old.inputs, inputs),
    preview: (inputs, old) => previewed(kind, inputs, old?.properties),
    create: (aws, inputs, context) => create(kind, aws, inputs, context),
    async read(aws, old, context) {
      const found = await kind.find(aws, old.id, old.inputs, context);
      return found === undefined
        ? undefined
        : { id: old.id, properties: { ...old.inputs, ...found }, inputs: refreshedInputs(old.inputs, found) };
    },
    update: (aws, old, inputs, context) => converge(kind, aws, { id: old.id, inputs }, context),
    delete: (aws, old, context) => kind.remove(aws, old.id, old.properties, context),
  };
}

/** As the official plugin: default tags become the resource's own, which win over them. */
function withDefaultTags(kind: Kind, inputs: PropertyMap, defaults: Tags): PropertyMap {
  if (kind.tagged === "untagged" || inputs.tags === UNKNOWN) {
    return inputs;
  }
  const tags = { ...defaults, ...object(inputs.tags) };
  return Object.keys(tags).length === 0 ? inputs : { ...inputs, tags };
}

function difference(kind: Kind, old: PropertyMap, inputs: PropertyMap): Difference {
  const { changed, replaces } = compareInputs(old, inputs, kind.replaceOnChanges);
  const all = [...replaces, ...(kind.replaces?.(old, inputs) ?? [])];
  return {
    changed,
    replaces: [...new Set(all)],
    deleteBeforeReplace: all.length > 0 && kind.deleteBeforeReplace === true,
  };
}

function previewed(kind: Kind, inputs: PropertyMap, old: PropertyMap | undefined): PropertyMap {
  const tags: PropertyMap = kind.tagged === "tagged" ? { tagsAll: inputs.tags ?? {} } : {};
  const unknown: { [name: string]: PropertyValue } = Object.fromEntries(kind.outputs.map((name) => [name, UNKNOWN]));
  return { ...unknown, ...old, ...inputs, ...tags };
}

async function create(kind: Kind, aws: Aws, inputs: PropertyMap, context: CallContext) {
  if (containsUnknown(inputs)) {
    throw new Error(`${kind.name}: some of its inputs are still unknown`);
  }
  const id = await kind.create(aws, inputs, context);
  try {
    return { id, properties: await converge(kind, aws, { id, inputs }, context) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PartialFailure(`${kind.name} ${id} was made, but is not what it should be: ${reason}`, {
      id,
      properties: inputs,
    });
  }
}

async function converge(
  kind: Kind,
  aws: Aws,
  wanted: Omit<Progress, "seen">,
  context: CallContext,
): Promise<PropertyMap> {
  const { id, inputs } = wanted;
  const find = () => kind.find(aws, id, inputs, context);
  const seen = await untilFound(`${kind.name} ${id}`, find, context.signal);
  if (kind.tagged === "tagged") {
    await moveTags(aws, kind.tagsId?.(seen) ?? id, { from: seen.tags, to: inputs.tags }, context.signal);
  }
  await kind.converge?.(aws, { ...wanted, seen }, context);
  return { ...inputs, ...(await untilFound(`${kind.name} ${id}`, find, context.signal)) };
}

/** For `converge`: whether an input was given and is not what is there. */
export function differs({ inputs, seen }: Progress, name: string): boolean {
  return inputs[name] !== undefined && !equalValues(inputs[name], seen[name]);
}

/** Outputs that all tagged kinds have. */
export function tagOutputs(tags: Tags): PropertyMap {
  return { tags: textMap(tags), tagsAll: textMap(tags) };
}
