import type { RawConfig } from "./raw-config";

/** The value of a setting by its full name, e.g. `local.sshPort`; undefined when it is not set. */
export function settingAt(raw: RawConfig, name: string): unknown {
  return name.split(".").reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), raw);
}

/** Whether a value is a group of settings. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The settings of one project among all of a stack's, without their namespace. */
export function settingsOf(project: string, all: Readonly<Record<string, unknown>>): RawConfig {
  const namespace = `${project}:`;
  return Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, value]) => [key.slice(namespace.length), value]),
  );
}
