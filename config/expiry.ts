import { DEFAULT_EXPIRY } from "./defaults";

/** When a class ends by itself: some time after each machine's first boot, or at one time for all. */
export type Expiry = { readonly seconds: number } | { readonly time: string };

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** Upper limit of a duration; a longer class has to be extended. */
const LONGEST_DAYS = 30;

/** The allowed forms of an expiry, for error messages. */
export const EXPIRY_RULE = `must be a duration from 1m to ${LONGEST_DAYS}d, such as 8h or 3d, or a time with a time zone, such as 2026-12-01T18:00Z`;

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

interface ExpirySettings {
  readonly target: keyof typeof DEFAULT_EXPIRY;
  readonly expires?: string | undefined;
}

/** When a class ends; undefined: never by itself. */
export function expiryOf({ target, expires }: ExpirySettings): Expiry | undefined {
  const text = expires ?? DEFAULT_EXPIRY[target];
  return text === undefined ? undefined : parseExpiry(text);
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
