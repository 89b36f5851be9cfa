import type { RawConfig } from "./parse";

/** The settings of one project among all of a stack's, without their namespace. */
export function settingsOf(project: string, all: Readonly<Record<string, unknown>>): RawConfig {
  const namespace = `${project}:`;
  return Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => key.startsWith(namespace))
      .map(([key, value]) => [key.slice(namespace.length), value]),
  );
}
