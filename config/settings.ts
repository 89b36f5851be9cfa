/** Settings as they come from Pulumi or a stack's file, without the project's namespace: `{ seats: "2", local: "{...}" }`. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** Settings given on the command line, by full name. They are saved in the stack's file, so later commands need no flags. */
export type ConfigChanges = ReadonlyMap<string, string | number>;

/** A setting that is valid by itself, but not in combination with others. */
export interface SettingProblem {
  readonly setting: string;
  readonly message: string;
}

/** The problem, in a list, if it exists. */
export function problemIf(isWrong: boolean, setting: string, message: string): SettingProblem[] {
  return isWrong ? [{ setting, message }] : [];
}

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
