import { stringify } from "yaml";
import { z } from "zod";
import { configSchema } from "./schema";

/** A setting as JSON Schema, with the `meta` of config/schema.ts. */
interface Setting {
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

/** The text of Pulumi.yaml with these settings. Those without a default are left out: Pulumi would require them. */
export function withPulumiSettings(projectFile: string): string {
  const declared = Object.entries(TOP_LEVEL).flatMap(([name, setting]) => {
    const value = setting.default ?? (setting.type === "object" ? {} : undefined);
    const declaration = { type: setting.type, default: value, description: `${sentence(setting, name)}.` };
    return value === undefined ? [] : [[name, declaration] as const];
  });
  return replaceIn(
    projectFile,
    /^config:\n[\s\S]*$/m,
    stringify({ config: Object.fromEntries(declared) }, { lineWidth: 0 }),
  );
}

/** The text of docs/config.md with these settings: its table, and the first line of each setting's section. */
export function withSettingsTable(page: string): string {
  const rows = [...SETTINGS].map(([name, setting]) => {
    // GitHub's rule for links to headings: small letters, dots left out.
    const link = `[\`${name}\`](#${name.toLowerCase().replaceAll(".", "")})`;
    const value = setting.default === undefined ? "none" : inCode(setting.default);
    const flag = setting.flag === undefined ? "" : ` ${inCode(`--${setting.flag}`)}`;
    return `| ${link} | ${allowedValues(setting)} | ${value} |${flag} |`;
  });
  const table = ["| setting | value | default | flag |", "|---|---|---|---|", ...rows].join("\n");
  return [...SETTINGS].reduce(
    (text, [name, { description }]) =>
      replaceIn(text, new RegExp(`(?<=^### ${name.replace(".", "\\.")}\n\n).*$`, "m"), description),
    replaceIn(page, /^\| setting \|[\s\S]*?(?=\n\n)/m, table),
  );
}

/** The description without its full stop and without Markdown, with the values or settings that there are. */
function sentence({ description, enum: values, properties }: Setting, name = ""): string {
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

/** What a setting may be, for the table. */
function allowedValues({ enum: values, minimum, maximum, type, value = "" }: Setting): string {
  if (values !== undefined) {
    return values.map(inCode).join(" or ");
  }
  if (minimum !== undefined) {
    return `whole number, ${minimum} to ${maximum}`;
  }
  return type === "boolean" ? "`true` or `false`" : value;
}

function inCode(value: unknown): string {
  return `\`${String(value)}\``;
}

/** Replaces the one match of a pattern. Throws without a match, so that no setting is left out unnoticed. */
function replaceIn(text: string, pattern: RegExp, replacement: string): string {
  if (!pattern.test(text)) {
    throw new Error(`there is nothing to replace for ${pattern}`);
  }
  return text.replace(pattern, () => replacement);
}
