import { isoTime, localTime } from "./local-time";
import type { SeatEnd } from "./seat-ends";

/** A class that was extended. */
export interface Extension {
  readonly stack: string;
  readonly end: Date;
  /** What each machine said before. */
  readonly before: readonly SeatEnd[];
}

/** What `lab extend` says at its end. */
export function renderExtension({ stack, end, before }: Extension): string {
  return `The lab "${stack}" ends at ${localTime(end)} now. Before: ${describeBefore(before)}.\n`;
}

/** The same for programs. */
export function extensionJson({ stack, end, before }: Extension): object {
  const seats = before.map(({ seat, end: old }) => ({ seat, end: old === undefined ? null : isoTime(old) }));
  return { stack, end: isoTime(end), before: seats };
}

/** Machines whose end is so long after their first boot end at slightly different times. */
function describeBefore(before: readonly SeatEnd[]): string {
  const ends = before.flatMap(({ end }) => (end === undefined ? [] : [end.getTime()]));
  const [first, last] = [localTime(new Date(Math.min(...ends))), localTime(new Date(Math.max(...ends)))];
  return first === last ? first : `${first} to ${last}`;
}
