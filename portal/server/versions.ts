import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { LessonStep } from "../../lesson/types";

/** Version of this clone's `lab`. */
export function labVersion(): string {
  const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as { version: string };
  return version;
}

/** Hash of a lesson's steps. */
export function lessonVersion(steps: readonly LessonStep[]): string {
  const text = JSON.stringify(steps, (_, value: unknown) => (value instanceof RegExp ? String(value) : value));
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
