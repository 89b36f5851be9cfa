import { withLesson } from "../server/progress";
import type { Holding, Roster } from "../server/roster";
import { lessonIn } from "./lesson-text";
import type { PortalSettings } from "./settings";

/**
 * The class book after `lab portal` was typed once more: codes are those that the cards have, and who has a seat by the same
 * code keeps it, as everybody keeps what they have done.
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
