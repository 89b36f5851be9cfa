import type { LabConfig } from "../../config/schema";
import type { CommandContext } from "../surroundings";
import type { Finding } from "./finding";

/** What speaks for and against a class at AWS: credentials, region, quota, machine image, instance type, price. */
export async function examineAws(_context: CommandContext, _config: LabConfig): Promise<Finding[]> {
  return [];
}
