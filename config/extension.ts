import { type Expiry, expiryOf, parseExpiry } from "./expiry";

/** The allowed form of a later end, for error messages. */
export const EXTENSION_RULE = "must be a time with a time zone, such as 2026-12-01T18:00Z; ./lab extend writes it";

/** Parses a time; undefined for any other text, such as a duration. */
export function parseEnd(text: string): string | undefined {
  const expiry = parseExpiry(text);
  return expiry !== undefined && "time" in expiry ? expiry.time : undefined;
}

type EndSettings = Parameters<typeof expiryOf>[0] & { readonly extended?: string | undefined };

/** The later end of an extended class. Undefined without one, and once it is past: then machines end as at creation. */
export function extensionOf({ extended }: Pick<EndSettings, "extended">, now: Date): string | undefined {
  const end = extended === undefined ? undefined : parseEnd(extended);
  return end !== undefined && Date.parse(end) > now.getTime() ? end : undefined;
}

/** When a class ends: its extension, else the expiry set at creation. Undefined: never by itself. */
export function standingExpiry(settings: EndSettings, now: Date): Expiry | undefined {
  const extension = extensionOf(settings, now);
  return extension === undefined ? expiryOf(settings) : { time: extension };
}
