import { z } from "zod";
import { configSchema } from "./schema";

/** A setting as JSON Schema, with the `meta` of config/schema.ts. */
export interface Setting {
  readonly type: "string" | "integer" | "boolean" | "array" | "object";
  readonly description: string;
  /** Undefined: none, or that of a group of settings, which is `{}`. */
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** The settings of a section. */
  readonly properties?: Readonly<Record<string, Setting>>;
  readonly value?: string;
  readonly flag?: string;
  readonly flagValue?: string;
}

const schema = z.toJSONSchema(configSchema, { io: "output" }) as unknown as Required<Pick<Setting, "properties">>;

/** The settings and sections at the top of a config, as Pulumi knows them. */
export const TOP_LEVEL = schema.properties;

/** Every setting by its full name, e.g. `local.sshPort`. */
export const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  Object.entries(TOP_LEVEL).flatMap(([name, setting]) =>
    setting.properties === undefined
      ? [[name, setting] as const]
      : Object.entries(setting.properties).map(([key, inner]) => [`${name}.${key}`, inner] as const),
  ),
);

/** The full names of all settings. */
export const SETTING_NAMES: readonly string[] = [...SETTINGS.keys()];

/** A flag of the command line that sets a setting. */
interface SettingFlag {
  /** Full name of the setting. */
  readonly setting: string;
  /** As commander declares it, e.g. `--seats <number>`. */
  readonly flags: string;
  readonly help: string;
}

/** The settings that have a flag. */
export function settingFlags(): SettingFlag[] {
  return [...SETTINGS].flatMap(([name, setting]) => {
    const { flag, flagValue = "number" } = setting;
    // Not the first letter of an abbreviation.
    const help = sentence(setting).replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
    return flag === undefined
      ? []
      : [{ setting: name, flags: `--${flag} <${flagValue}>`, help: `${help} (saved; default ${setting.default})` }];
  });
}

/** The description without its full stop and without Markdown, with the values or settings that there are. */
export function sentence({ description, enum: values, properties }: Setting, name = ""): string {
  const plain = description
    .replace(/\.$/, "")
    .replace(/\[(.+?)\]\(.+?\)/g, "$1")
    .replaceAll("`", "");
  const members =
    values?.map((value) => `"${value}"`).join(" or ") ??
    Object.keys(properties ?? {})
      .map((key) => `${name}.${key}`)
      .join(", ");
  return members === "" ? plain : `${plain}: ${members}`;
}
