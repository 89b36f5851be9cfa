import type { StackConfig } from "../../../adapters/pulumi/stack-config";
import { configErrorText, parseConfig } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import type { ConfigChanges } from "../../../config/settings";
import { LabError } from "../../../core/errors";

/** The stack's settings with the changes applied, checked. Throws one error with every problem, exit code 2; nothing is written. */
export function wantedConfig(file: StackConfig, changes: ConfigChanges): LabConfig {
  const raw = structuredClone(file.read());
  for (const [name, value] of changes) {
    const [section = name, key] = name.split(".");
    if (key === undefined) {
      raw[section] = value;
    } else {
      const group = raw[section];
      raw[section] = { ...(typeof group === "object" ? group : {}), [key]: value };
    }
  }
  const result = parseConfig(raw);
  if (!result.ok) {
    throw new LabError(configErrorText(result.problems), {
      exitCode: 2,
      hint: "Settings are explained in docs/config.md; change one with: pulumi config set --path NAME VALUE",
    });
  }
  return result.config;
}
