import { stringify } from "yaml";
import { SETTINGS, type Setting, sentence, TOP_LEVEL } from "../config/options";

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
