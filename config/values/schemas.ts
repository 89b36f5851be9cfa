import { z } from "zod";

/** An integer, as number or text: YAML has numbers, Pulumi passes text. */
export function integerBetween(limits: { readonly min: number; readonly max: number }) {
  return z.preprocess(
    (value) => (typeof value === "string" && /^-?\d+$/.test(value.trim()) ? Number(value) : value),
    z
      .int({ error: `must be a whole number from ${limits.min} to ${limits.max}` })
      .min(limits.min, { error: `must be a whole number from ${limits.min} to ${limits.max}` })
      .max(limits.max, { error: `must be a whole number from ${limits.min} to ${limits.max}` }),
  );
}

/** One of the given values. */
export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `must be ${values.map((value) => `"${value}"`).join(" or ")}` });
}

/** Text that is not empty. */
export const text = z.string({ error: "must be text" }).min(1, { error: "must not be empty" });

/** Name of a bake, or "none". */
export const bakeName = text.regex(/^([0-9a-f]{12}|none)$/, {
  error: 'must be the name of a bake, 12 hexadecimal digits, or "none"',
});

/** `true` or `false`, as YAML or as text. */
export const yesOrNo = z.preprocess(
  (value) => (value === "true" ? true : value === "false" ? false : value),
  z.boolean({ error: "must be true or false" }),
);

/** A list, or comma-separated text. */
export function listOf<Member extends z.ZodType>(member: Member, error: string) {
  return z.preprocess(
    (value) => (typeof value === "string" ? value.split(",").map((part) => part.trim()) : value),
    z.array(member, { error }).min(1, { error }),
  );
}
