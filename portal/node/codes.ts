import { withLesson } from "../server/progress";
import type { Holding, Roster } from "../server/roster";
import { lessonIn } from "./lesson-text";
import type { PortalSettings } from "./settings";

/**
 * Updates the roster with new settings from `lab portal`: with the codes on the cards. Claims with the same code and all
 * progress are kept.
 */
export function withSettings(book: Roster, settings: PortalSettings, now: Date): Roster {
  const seats = settings.seats.map(({ seat, code }) => [
    seat,
    { ...book.seats[seat], ...holding(book.seats[seat], code) },
  ]);
  return {
    ...withLesson(book, lessonIn(settings.lesson), now),
    address: settings.address,
    instructor: holding(book.instructor, settings.instructorCode),
    seats: Object.fromEntries(seats),
  };
}

function holding(before: Holding | undefined, code: string): Holding {
  return { code, claim: before?.code === code ? before.claim : undefined };
}
