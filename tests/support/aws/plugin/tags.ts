import { CreateTagsCommand, DeleteTagsCommand, type ResourceType, type Tag } from "@aws-sdk/client-ec2";
import type { PropertyMap, PropertyValue } from "../../../../airgap/plugins/framework/provider";
import { textMap } from "../../../../airgap/plugins/framework/values";
import type { Aws } from "./configure";

export type Tags = Readonly<Record<string, string>>;

/** Tags in the API's form. */
export function apiTags(tags: PropertyValue | undefined): Tag[] {
  return Object.entries(textMap(tags)).map(([Key, Value]) => ({ Key, Value }));
}

/** Tags of an answer, as a map. */
export function tagMap(tags: readonly Tag[] | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}

/** For a create call; nothing at all without tags, since the API refuses an empty list. */
export function tagSpecifications(type: ResourceType, tags: PropertyValue | undefined) {
  const Tags = apiTags(tags);
  return Tags.length === 0 ? [] : [{ ResourceType: type, Tags }];
}

/** Brings the tags of a resource from one map to another. */
export async function moveTags(
  aws: Aws,
  id: string,
  { from, to }: { from: PropertyMap[string] | undefined; to: PropertyMap[string] | undefined },
  signal: AbortSignal,
): Promise<void> {
  const [before, after] = [textMap(from), textMap(to)];
  const gone = Object.keys(before).filter((name) => !(name in after));
  const fresh = Object.entries(after).filter(([name, value]) => before[name] !== value);
  if (gone.length > 0) {
    const Tags = gone.map((Key) => ({ Key }));
    await aws.ec2.send(new DeleteTagsCommand({ Resources: [id], Tags }), { abortSignal: signal });
  }
  if (fresh.length > 0) {
    const Tags = fresh.map(([Key, Value]) => ({ Key, Value }));
    await aws.ec2.send(new CreateTagsCommand({ Resources: [id], Tags }), { abortSignal: signal });
  }
}
