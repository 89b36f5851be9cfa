import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import { checkSettings } from "./checks/settings";
import { SETTING_NAMES, TOP_LEVEL } from "./options";
import { configSchema, type LabConfig } from "./schema";
import type { RawConfig } from "./settings";
import { settingAt } from "./settings";

export type ParseResult =
  | { readonly ok: true; readonly config: LabConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Checks a raw config and fills in defaults. Never throws: every problem is in the list, in one line each.
 */
export function parseConfig(raw: RawConfig): ParseResult {
  const parsed = configSchema.safeParse(raw);
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => describe(issue, raw)),
    ...checkSettings(raw).map(({ setting, message }) => `${setting}: ${message}`),
  ];
  return parsed.success && problems.length === 0 ? { ok: true, config: parsed.data } : { ok: false, problems };
}

/** The error message that lists all problems of a config. */
export function configErrorText(problems: readonly string[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`The config of this lab has ${count}:`, ...problems.map((problem) => `  - ${problem}`)].join("\n");
}

/** Decodes groups of settings, which Pulumi passes to the program as JSON. Invalid JSON stays text, which `parseConfig` refuses. */
export function decodeSections(raw: RawConfig): RawConfig {
  return Object.fromEntries(
    Object.entries(raw).map(([name, given]) => {
      const isGroup = Object.hasOwn(TOP_LEVEL, name) && TOP_LEVEL[name]?.type === "object";
      return [name, isGroup && typeof given === "string" ? decodeJson(given) : given];
    }),
  );
}

function decodeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describe(issue: z.core.$ZodIssue, value: RawConfig): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownSetting([...path, key].join(".")));
  }
  const name = path.join(".");
  const given = settingAt(value, name);
  if (issue.code === "invalid_type" && path.length === 1 && issue.expected === "object") {
    return [`${name}: must be a group of settings such as ${exampleOf(name)}, not ${show(given)}`];
  }
  return [`${name}: ${issue.message}, not ${show(given)}`];
}

function unknownSetting(name: string): string {
  if (SETTING_NAMES.includes(name)) {
    return `${name}: was set without --path: run pulumi config rm ${name}, then pulumi config set --path ${name} VALUE`;
  }
  const nearest = closest(name, SETTING_NAMES);
  const advice =
    distance(name, nearest) <= Math.max(2, name.length / 3)
      ? `did you mean "${nearest}"?`
      : `the settings are: ${SETTING_NAMES.join(", ")}`;
  return `${name}: there is no such setting; ${advice}`;
}

function exampleOf(section: string): string {
  const first = SETTING_NAMES.find((name) => name.startsWith(`${section}.`)) ?? section;
  return `"${first}"`;
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
