import { type Scalar, type ScalarTag, stringify } from "yaml";

/**
 * What cloud-init's parser (YAML 1.1) reads as a line break, or refuses, where YAML 1.2 and JSON see an ordinary character:
 * https://yaml.org/spec/1.1/#id871856 (line breaks), https://yaml.org/spec/1.1/#id868524 (characters).
 */
const NOT_PLAIN = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/;

/** Such a string as one double-quoted line of ASCII, which both versions read alike. */
const escapedString: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  identify: (value) => typeof value === "string" && NOT_PLAIN.test(value),
  resolve: (text) => text,
  stringify: ({ value }: Scalar) => JSON.stringify(value).replace(/[^ -~]/gu, escapeCharacter),
};

function escapeCharacter(character: string): string {
  const hexadecimal = (character.codePointAt(0) ?? 0).toString(16);
  return hexadecimal.length > 4 ? `\\U${hexadecimal.padStart(8, "0")}` : `\\u${hexadecimal.padStart(4, "0")}`;
}

/** The last YAML of each section, and its value: most of the user data is the same for a whole class. */
const sections = new Map<string, { readonly from: string; readonly yaml: string }>();

/** Values such as JSON has them, as YAML that cloud-init reads back as they were, whatever characters their strings have. */
export function toYaml(values: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length === 0 ? "{}\n" : given.map(([name, value]) => toSection(name, value)).join("");
}

function toSection(name: string, value: unknown): string {
  const from = JSON.stringify(value);
  const known = sections.get(name);
  if (known?.from === from) {
    return known.yaml;
  }
  const yaml = stringify(
    { [name]: value },
    { lineWidth: 0, aliasDuplicateObjects: false, customTags: (tags) => [escapedString, ...tags] },
  );
  sections.set(name, { from, yaml });
  return yaml;
}
