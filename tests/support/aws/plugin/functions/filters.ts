import type { Filter } from "@aws-sdk/client-ec2";
import type { PropertyValue } from "../../../../../airgap/plugins/framework/provider";
import { isMap, objects, text, texts } from "../../../../../airgap/plugins/framework/values";

/** `filters` of the schema, `[{ name, values }]`, in the API's form; anything else in them is refused. */
export function apiFilters(value: PropertyValue | undefined): Filter[] {
  return objects(value).map((filter) => {
    const unknown = isMap(filter) ? Object.keys(filter).filter((name) => name !== "name" && name !== "values") : [];
    if (unknown.length > 0) {
      throw new Error(`filters: ${unknown.join(", ")} is unknown; a filter has a name and values`);
    }
    return { Name: text(filter.name), Values: texts(filter.values) };
  });
}
