/** A resource as a policy sees it: its type and its inputs. */
export interface Resource {
  readonly type: string;
  readonly props: Readonly<Record<string, unknown>>;
}

/** A rule that is checked for every resource. */
export interface Rule {
  readonly name: string;
  readonly description: string;
  /** The problems of a resource, one sentence each. None for a resource that the rule is not about. */
  violations(resource: Resource): string[];
}

/** A rule about resources of some types alone. */
export function ruleFor(
  types: readonly string[],
  rule: Pick<Rule, "name" | "description">,
  violations: (props: Resource["props"], type: string) => string[],
): Rule {
  return {
    ...rule,
    violations: ({ type, props }) => (types.includes(type) ? violations(props, type) : []),
  };
}

/** A group of inputs; empty if the value is none, so that its members are reported as missing. */
export function group(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** A list of groups of inputs. */
export function groups(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(group) : [];
}

/** The texts in a list. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((member) => typeof member === "string") : [];
}
