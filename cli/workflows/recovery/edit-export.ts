import { z } from "zod";

const pendingSchema = z.looseObject({ type: z.string(), resource: z.looseObject({ urn: z.string() }) });
const exportSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(z.unknown()).optional(),
    pending_operations: z.array(pendingSchema).optional(),
  }),
});

/**
 * The text of a `pulumi stack export` without the pending operations of some resources (`settled`: their urns). Those that
 * were made all the same (`made`: id by urn) are in it as if the operation had come to its end; a refresh fills in the rest.
 */
export function withoutPending(text: string, settled: ReadonlySet<string>, made: ReadonlyMap<string, string>): string {
  const whole = exportSchema.parse(JSON.parse(text));
  const { pending_operations: pending = [], resources = [], ...rest } = whole.deployment;
  const left = pending.filter(({ resource }) => !settled.has(resource.urn));
  // At the end: what a resource needs has to come before it, and nothing can need these yet.
  const imported = pending.flatMap(({ resource }) => {
    const id = made.get(resource.urn);
    return id === undefined ? [] : [{ ...resource, id }];
  });
  const operations = left.length === 0 ? {} : { pending_operations: left };
  return JSON.stringify({ ...whole, deployment: { ...rest, resources: [...resources, ...imported], ...operations } });
}
