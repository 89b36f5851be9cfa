import { expect } from "vitest";

/** A secret, and the texts by which it is recognized wherever it was written down. */
export interface Secret {
  readonly name: string;
  readonly marks: readonly string[];
}

/** A key and not just talk of keys, as in the code of a plugin. */
const PRIVATE_KEY = /PRIVATE KEY-----[\\n\s]+[A-Za-z0-9+/]{20}/;

/** A private key, known by its lines: all but the frame, and but the first, which is the same in every key of a kind. */
export function keySecret(name: string, key: string): Secret {
  const lines = key.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
  const marks = lines.length > 1 ? lines.slice(1) : lines;
  expect(marks.length, name).toBeGreaterThan(0);
  return { name, marks };
}

/** A text that is secret as a whole. */
export function textSecret(name: string, text: string): Secret {
  expect(text.length, name).toBeGreaterThan(10);
  return { name, marks: [text] };
}

/** Names of the secrets that a text holds in plain; a private key that is none of these is one of them. */
export function secretsIn(text: string, secrets: readonly Secret[]): string[] {
  const known = secrets.filter(({ marks }) => marks.some((mark) => text.includes(mark))).map(({ name }) => name);
  return known.length === 0 && PRIVATE_KEY.test(text) ? ["some private key"] : known;
}
