import { parseExpiry } from "../../../config/expiry";
import { LabError } from "../../../core/errors";
import type { SeatEnd } from "./seat-ends";

/** The requested end: a time, or a duration to add to the current end. */
export type ExtendRequest = { readonly until: string } | { readonly by: string };

/** Limit for the new end: a typing error in a date must not cost much. */
const LONGEST_DAYS = 30;

const DAY = 86_400_000;

/** The new end. Throws for an invalid time, or one that is not later. `before`: latest end of the machines. */
export function chooseEnd(request: ExtendRequest, { now, before }: { now: Date; before: Date }): Date {
  const end = "until" in request ? parseUntil(request.until, now) : parseBy(request.by, before);
  if (end <= now) {
    throw wrong(`${localTime(end)} has passed; it is ${localTime(now)} now.`);
  }
  if (end < before) {
    throw wrong(
      `${localTime(end)} is before the current end of the lab: ${localTime(before)}.`,
      "To end it early, run ./lab down at that time.",
    );
  }
  if (end.getTime() - now.getTime() > LONGEST_DAYS * DAY) {
    throw wrong(`${localTime(end)} is more than ${LONGEST_DAYS} days ahead, which is the limit for one extension.`);
  }
  return end;
}

function parseBy(text: string, before: Date): Date {
  const duration = parseExpiry(text);
  if (duration === undefined || !("seconds" in duration)) {
    throw wrong(`--by must be a duration from 1m to ${LONGEST_DAYS}d, such as 90m or 2h, not "${text}".`);
  }
  return new Date(before.getTime() + duration.seconds * 1000);
}

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const DATE_AND_CLOCK = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/;

/** A time without a zone is in this machine's own, as all times are shown. */
function parseUntil(text: string, now: Date): Date {
  const [, hour, minute] = CLOCK.exec(text) ?? [];
  const end =
    hour !== undefined
      ? new Date(now.getFullYear(), now.getMonth(), now.getDate(), Number(hour), Number(minute))
      : new Date(DATE_AND_CLOCK.test(text) ? text.replace(" ", "T") : Number.NaN);
  if (Number.isNaN(end.getTime())) {
    throw wrong(
      `--until must be a time such as 18:00 (today), 2026-12-01T18:00, or with a zone 2026-12-01T18:00Z, not "${text}".`,
    );
  }
  return end;
}

function wrong(message: string, hint?: string): LabError {
  return new LabError(message, { exitCode: 2, ...(hint === undefined ? {} : { hint }) });
}

/** A time in this machine's own zone: "Tue 1 Dec 2026, 19:00 CET". */
function localTime(time: Date): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  }).formatToParts(time);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  const day = ["weekday", "day", "month", "year"] as const;
  return `${day.map(part).join(" ")}, ${part("hour")}:${part("minute")} ${part("timeZoneName")}`;
}

/** A time in the format of settings and tags: "2026-12-01T18:00:00Z". */
export function isoTime(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** A class that was extended. */
export interface Extension {
  readonly stack: string;
  readonly end: Date;
  /** The end of each machine before. */
  readonly before: readonly SeatEnd[];
}

/** The result of `lab extend` as text. */
export function renderExtension({ stack, end, before }: Extension): string {
  return `The lab "${stack}" ends at ${localTime(end)} now. Before: ${describeBefore(before)}.\n`;
}

/** The result of `lab extend` as JSON. */
export function extensionJson({ stack, end, before }: Extension): object {
  const seats = before.map(({ seat, end: old }) => ({ seat, end: old === undefined ? null : isoTime(old) }));
  return { stack, end: isoTime(end), before: seats };
}

/** Machines whose end is a duration after their first boot end at slightly different times. */
function describeBefore(before: readonly SeatEnd[]): string {
  const ends = before.flatMap(({ end }) => (end === undefined ? [] : [end.getTime()]));
  const [first, last] = [localTime(new Date(Math.min(...ends))), localTime(new Date(Math.max(...ends)))];
  return first === last ? first : `${first} to ${last}`;
}
