import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { parsePattern } from "../patterns";
import { parseYaml } from "./front-matter";
import type { Report } from "./problem";

const LONGEST = 2000;
const text = z.string().min(1).max(LONGEST);
/** YAML parses some texts as numbers. */
const scalar = z.union([text, z.number().transform(String)]);
const pattern = text.superRefine((value, context) => {
  try {
    parsePattern(value);
  } catch (error) {
    context.addIssue({ code: "custom", message: (error as Error).message });
  }
});
/** One item or several. */
const list = (item: z.ZodType<string>) =>
  z.union([item, z.array(item).min(1).max(50)]).transform((value) => [value].flat());
const texts = list(scalar);

const sighting = {
  /** For people, completing "You should see ...". */
  see: text.exactOptional(),
  contains: texts.exactOptional(),
  matches: list(pattern).exactOptional(),
  lacks: list(pattern).exactOptional(),
  exit: z.number().int().min(0).max(255).exactOptional(),
};
const expectation = z.strictObject(sighting);
const check = z.strictObject({ ...sighting, command: text, hint: text.exactOptional() });
const lookups = z.record(
  z
    .string()
    .regex(
      /^[A-Za-z][\w -]{0,40}$/,
      "a name must start with a letter and contain only letters, digits, spaces, - and _",
    ),
  z.strictObject({ how: text, command: text }),
);

const annotations = {
  expect: z.union([texts.transform((contains) => ({ contains })), expectation]),
  check,
  lookup: lookups,
  session: pattern,
} as const;

type Name = keyof typeof annotations;
const NAMES = Object.keys(annotations) as Name[];

/** The expected output or exit code. */
export type Expectation = z.infer<typeof expectation>;

/** An instruction in a comment for performing the lesson. */
export type Annotation =
  | { readonly name: "expect"; readonly value: Expectation }
  | { readonly name: "check"; readonly value: z.infer<typeof check> }
  | { readonly name: "lookup"; readonly value: z.infer<typeof lookups> }
  | { readonly name: "session"; readonly value: string };

/** Parses a comment; undefined for an ordinary comment, and for one with problems, which are reported. */
export function parseAnnotation(content: string, line: number, report: Report): Annotation | undefined {
  const word = /^\s*([A-Za-z]+)\s*:(?:\s|$)/.exec(content)?.[1];
  if (word === undefined) {
    return undefined;
  }
  const name = NAMES.find((candidate) => distance(candidate, word.toLowerCase()) <= 2);
  if (name !== undefined && name !== word) {
    report(line, `"${word}:" is not an annotation; did you mean "${name}:"?`);
  }
  const data = name === word ? parseYaml(content, line, report) : undefined;
  if (name === undefined || data === undefined) {
    return undefined;
  }
  const parsed = z.strictObject({ [name]: annotations[name] }).safeParse(data);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      report(line, `${issue.path.join(".") || name}: ${messageOf(issue)}`);
    }
    return undefined;
  }
  return { name, value: parsed.data[name] } as Annotation;
}

/** The message of an issue; for a union, that of the alternative that matched furthest. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "invalid_union") {
    return issue.message;
  }
  const errors = issue.errors.flat().toSorted((a, b) => b.path.length - a.path.length);
  const best = errors.find(({ code }) => code === "unrecognized_keys") ?? errors[0];
  return best === undefined
    ? issue.message
    : `${best.path.join(".")}${best.path.length > 0 ? ": " : ""}${best.message}`;
}
