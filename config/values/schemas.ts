import { z } from "zod";
import { LIMITS } from "../limits";

/** An integer, as number or text: YAML has numbers, Pulumi passes text. */
export function integerBetween({ min, max }: { readonly min: number; readonly max: number }) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.preprocess(
    (value) => (typeof value === "string" && /^-?\d+$/.test(value.trim()) ? Number(value) : value),
    z.int({ error }).min(min, { error }).max(max, { error }),
  );
}

/** A TCP port that needs no root. */
export const port = integerBetween(LIMITS.sshPort);

/** One of the given values. */
export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `must be ${values.map((value) => `"${value}"`).join(" or ")}` });
}

/** Text that is not empty. */
export const text = z.string({ error: "must be text" }).min(1, { error: "must not be empty" });

/** Name of a bake, or "none". A name without a letter is a number to `pulumi config set`. */
export const bakeName = z
  .preprocess(
    (value) => (typeof value === "number" ? String(value) : value),
    text.regex(/^([0-9a-f]{12}|none)$/, { error: 'must be the name of a bake, 12 hexadecimal digits, or "none"' }),
  )
  .meta({ value: "name of a bake, 12 digits, or `none`" });

/** SHA-256 sum of a file. */
export const sha256 = text
  .regex(/^[0-9a-f]{64}$/, { error: "must be a SHA-256 sum, 64 hexadecimal digits" })
  .meta({ value: "SHA-256 sum, 64 digits" });

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
