/** When a class ends by itself: some time after each machine's first boot, or at one time for all. */
export type Expiry = { readonly seconds: number } | { readonly time: string };

/** When machines end by themselves if `expires` is not set. Machines that cost money always end. */
const DEFAULT_EXPIRY = { local: undefined, aws: "12h" } as const;

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** Upper limit of a duration; a longer class has to be extended. */
const LONGEST_DAYS = 30;

/** The allowed forms of an expiry, for error messages. */
export const EXPIRY_RULE = `must be a duration from 1m to ${LONGEST_DAYS}d, such as 8h or 3d, or a time with a time zone, such as 2026-12-01T18:00Z`;

/** The allowed form of a later end, for error messages. */
export const EXTENSION_RULE = "must be a time with a time zone, such as 2026-12-01T18:00Z; ./lab extend writes it";

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/;

/** The form in which Pulumi returns a time that is unquoted in a stack's file, because YAML parses it as a timestamp. */
const GO_TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) ([+-]\d{2})(\d{2}) \S+$/;

/** Parses a duration or a time; undefined for any other text. */
export function parseExpiry(text: string): Expiry | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) {
    const seconds = Number(count) * (SECONDS[unit] ?? 0);
    return seconds > 0 && seconds <= LONGEST_DAYS * 86_400 ? { seconds } : undefined;
  }
  const time = text.replace(GO_TIME, "$1T$2$3:$4");
  const milliseconds = TIME.test(time) ? Date.parse(time) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : { time: new Date(milliseconds).toISOString().replace(".000Z", "Z") };
}

/** Parses a time; undefined for any other text, such as a duration. */
export function parseEnd(text: string): string | undefined {
  const expiry = parseExpiry(text);
  return expiry !== undefined && "time" in expiry ? expiry.time : undefined;
}

interface ExpirySettings {
  readonly target: keyof typeof DEFAULT_EXPIRY;
  readonly expires?: string | undefined;
  readonly extended?: string | undefined;
}

/** When a class ends; undefined: never by itself. */
export function expiryOf({ target, expires }: ExpirySettings): Expiry | undefined {
  const text = expires ?? DEFAULT_EXPIRY[target];
  return text === undefined ? undefined : parseExpiry(text);
}

/** The later end of an extended class. Undefined without one, and once it is past: then machines end as at creation. */
export function extensionOf({ extended }: Pick<ExpirySettings, "extended">, now: Date): string | undefined {
  const end = extended === undefined ? undefined : parseEnd(extended);
  return end !== undefined && Date.parse(end) > now.getTime() ? end : undefined;
}

/** When a class ends: its extension, else the expiry set at creation. Undefined: never by itself. */
export function standingExpiry(settings: ExpirySettings, now: Date): Expiry | undefined {
  const extension = extensionOf(settings, now);
  return extension === undefined ? expiryOf(settings) : { time: extension };
}

/** An expiry in the form of the setting, for tags. */
export function expiryText(expiry: Expiry | undefined): string {
  if (expiry === undefined) {
    return "never";
  }
  return "time" in expiry ? expiry.time : durationText(expiry.seconds);
}

/** Problems of an expiry at this time: machines must not end before they are created. */
export function expiryProblems(expiry: Expiry | undefined, now: Date): string[] {
  if (expiry === undefined || !("time" in expiry) || Date.parse(expiry.time) > now.getTime()) {
    return [];
  }
  return [
    `expires: ${expiry.time} is in the past (it is ${now.toISOString()} now): set a later time, or a duration such as ${DEFAULT_EXPIRY.aws}`,
  ];
}

function durationText(seconds: number): string {
  const [unit = "m", size = 60] = Object.entries(SECONDS).findLast(([, size]) => seconds % size === 0) ?? [];
  return `${seconds / size}${unit}`;
}
