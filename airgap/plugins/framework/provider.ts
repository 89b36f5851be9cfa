/**
 * What one of our providers is made of. The framework turns a `Provider` into a Pulumi plugin process; a provider
 * knows nothing of gRPC. Secrets never reach this level: the plugin declares that it does not accept secret
 * wrappers, so the engine unwraps them on the way in and marks the outputs of the same name secret on the way out.
 */

/** Stands for a value that is not known yet, during a preview. */
export const UNKNOWN: unique symbol = Symbol("unknown");

export type PropertyValue =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | readonly PropertyValue[]
  | { readonly [name: string]: PropertyValue };

export type PropertyMap = { readonly [name: string]: PropertyValue };

/** One problem of an input, worded for the user. */
export interface CheckFailure {
  /** Name of the input, e.g. `build.context`; empty when it concerns the whole resource. */
  readonly property: string;
  readonly reason: string;
}

/** What a Diff found. `replaces` lists the inputs that force a new resource; empty means "update in place". */
export interface Difference {
  readonly changed: readonly string[];
  readonly replaces: readonly string[];
  /** The old one has to go before the new one can come, e.g. since both carry the same name. */
  readonly deleteBeforeReplace: boolean;
}

/** State of a resource as the engine keeps it. */
export interface ResourceState {
  readonly id: string;
  readonly properties: PropertyMap;
}

/** The same, with the inputs that it was made from. */
export interface ResourceWithInputs extends ResourceState {
  readonly inputs: PropertyMap;
}

/** Context of one call. */
export interface CallContext {
  readonly urn: string;
  /** Aborted when the engine cancels (Ctrl-C) or the call's own timeout runs out. */
  readonly signal: AbortSignal;
  /** Sends a line to the engine, shown under the resource. `status` lines are transient progress. */
  log(severity: "debug" | "info" | "warning" | "error", message: string): void;
  status(message: string): void;
}

/** One resource type. All names are those of the official provider's schema. */
export interface ResourceHandler<Client> {
  /** Every input that is implemented. Any other one is refused by name in Check, before anything is made. */
  readonly inputs: readonly string[];
  /** Further checks and defaults. May see UNKNOWN anywhere. */
  check?(inputs: PropertyMap): { inputs: PropertyMap; failures: readonly CheckFailure[] };
  diff(old: ResourceWithInputs, inputs: PropertyMap): Difference;
  /** What a preview can say about the outputs; UNKNOWN for the rest. */
  preview(inputs: PropertyMap, old?: ResourceState): PropertyMap;
  create(client: Client, inputs: PropertyMap, context: CallContext): Promise<ResourceState>;
  /** `undefined`: it is gone. */
  read(client: Client, old: ResourceWithInputs, context: CallContext): Promise<ResourceWithInputs | undefined>;
  update?(client: Client, old: ResourceState, inputs: PropertyMap, context: CallContext): Promise<PropertyMap>;
  delete(client: Client, old: ResourceState, context: CallContext): Promise<void>;
}

/** One invoke (a function of the provider). */
export interface FunctionHandler<Client> {
  readonly inputs: readonly string[];
  call(client: Client, inputs: PropertyMap): Promise<PropertyMap>;
}

/** A whole provider. */
export interface Provider<Client> {
  /** Package name, e.g. `docker`. */
  readonly name: string;
  /** Version of the official package whose schema this follows, e.g. `5.2.0`. */
  readonly version: string;
  /** Provider arguments that are implemented; any other one is refused by name. */
  readonly configuration: readonly string[];
  /**
   * Makes what the handlers work with. Runs once, in Configure; with UNKNOWN values it is put off. Errors are shown as they are.
   * The environment is this provider's: a process may serve several, each with its own.
   */
  configure(configuration: PropertyMap, environment: NodeJS.ProcessEnv): Promise<Client>;
  /** Closes what `configure` opened: the process may live on and serve others. */
  release?(client: Client): void;
  readonly resources: Readonly<Record<string, ResourceHandler<Client>>>;
  readonly functions: Readonly<Record<string, FunctionHandler<Client>>>;
}

/**
 * Create or Update stopped half-way, but something exists: the engine must keep it in the state, so that a later run
 * can delete it (a container made but not started, say).
 */
export class PartialFailure extends Error {
  constructor(
    message: string,
    readonly state: ResourceState,
  ) {
    super(message);
  }
}
