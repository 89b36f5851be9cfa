import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import { configSchema, type LabConfig, SECTIONS, settingNames } from "./schema";

/** Settings as they come from Pulumi or a stack's file, without the project's namespace: `{ seats: "2", local: "{...}" }`. */
export type RawConfig = Readonly<Record<string, unknown>>;

export type ParseResult =
  | { readonly ok: true; readonly config: LabConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Checks a raw config and fills in defaults. Never throws: every problem is in the list, one line each, in the user's words.
 */
export function parseConfig(raw: RawConfig): ParseResult {
  const decoded = decodeSections(raw);
  const parsed = configSchema.safeParse(decoded.value);
  // Where a section is no valid JSON, zod saw nothing of it: its own problem stands alone.
  const problems = [
    ...decoded.problems,
    ...(parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue, decoded.value))),
  ];
  return parsed.success && problems.length === 0 ? { ok: true, config: parsed.data } : { ok: false, problems };
}

/** The one message for all problems of a config. */
export function configErrorText(problems: readonly string[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`The config of this lab has ${count}:`, ...problems.map((problem) => `  - ${problem}`)].join("\n");
}

/** Pulumi stores a section as JSON text. */
function decodeSections(raw: RawConfig): { value: Record<string, unknown>; problems: string[] } {
  const value: Record<string, unknown> = { ...raw };
  const problems: string[] = [];
  for (const section of SECTIONS) {
    const given = value[section];
    if (typeof given !== "string") {
      continue;
    }
    const decoded = decodeObject(given);
    if (decoded === undefined) {
      problems.push(`${section}: must be a group of settings such as ${exampleOf(section)}, not ${show(given)}`);
      delete value[section];
    } else {
      value[section] = decoded;
    }
  }
  return { value, problems };
}

function decodeObject(text: string): Record<string, unknown> | undefined {
  try {
    const decoded: unknown = JSON.parse(text);
    return isObject(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}

function describe(issue: z.core.$ZodIssue, value: unknown): string[] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownSetting([...path, key].join(".")));
  }
  const name = path.join(".");
  const given = valueAt(value, path);
  if (issue.code === "invalid_type" && path.length === 1 && issue.expected === "object") {
    return [`${name}: must be a group of settings such as ${exampleOf(name)}, not ${show(given)}`];
  }
  return [`${name}: ${issue.message}, not ${show(given)}`];
}

function unknownSetting(name: string): string {
  const known = settingNames();
  const nearest = closest(name, known);
  const advice =
    distance(name, nearest) <= Math.max(2, name.length / 3)
      ? `did you mean "${nearest}"?`
      : `there are: ${known.join(", ")}`;
  return `${name}: there is no such setting; ${advice}`;
}

function exampleOf(section: string): string {
  const first = settingNames().find((name) => name.startsWith(`${section}.`)) ?? section;
  return `"${first}"`;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
