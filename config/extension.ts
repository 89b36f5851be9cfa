import { type Expiry, expiryOf, parseExpiry } from "./expiry";

/** What a later end has to look like, for people. */
export const EXTENSION_RULE = "must be a time with its zone, such as 2026-12-01T18:00Z; ./lab extend writes it";

/** Reads a time; undefined for what is none, a duration for instance. */
export function parseEnd(text: string): string | undefined {
  const expiry = parseExpiry(text);
  return expiry !== undefined && "time" in expiry ? expiry.time : undefined;
}

type EndSettings = Parameters<typeof expiryOf>[0] & { readonly extended?: string | undefined };

/** The later end that a running class was given. Undefined for none, and once it is past: then machines end as they were born to. */
export function extensionOf({ extended }: Pick<EndSettings, "extended">, now: Date): string | undefined {
  const end = extended === undefined ? undefined : parseEnd(extended);
  return end !== undefined && Date.parse(end) > now.getTime() ? end : undefined;
}

/** When a class ends, all told: as it was extended, else as its machines are born to. Undefined: never by itself. */
export function standingExpiry(settings: EndSettings, now: Date): Expiry | undefined {
  const extension = extensionOf(settings, now);
  return extension === undefined ? expiryOf(settings) : { time: extension };
}
