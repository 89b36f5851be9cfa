import { z } from "zod";
import type { NodeAddress } from "../../adapters/ssh/node-shell";
import type { StudentCheck } from "../../lesson/student-checks";
import type { LessonStep } from "../../lesson/types";
import type { ClassFacts } from "../server/class-facts";
import { withLesson } from "../server/progress";
import type { Holding, Roster } from "../server/roster";

/** Paths and user of the portal on its machine. */
export const ON_MACHINE = {
  program: "/opt/lab-portal",
  /** The pinned Node.js, with the SHA-512 of its archive in a file next to it. */
  node: "/opt/lab-portal/node",
  /** Its roster and settings, readable only by its user. */
  state: "/var/lib/lab-portal",
  settings: "/var/lib/lab-portal/settings.json",
  user: "lab-portal",
} as const;

const seatSchema = z.object({
  seat: z.string(),
  code: z.string().min(1),
  hostname: z.string(),
  /** SSH address of its node as the student; null while it has no machine. */
  address: z
    .object({
      host: z.string(),
      port: z.number(),
      user: z.string(),
      /** The student's key, which works only on that node. */
      privateKey: z.string(),
      hostKey: z.string(),
    })
    .nullable(),
});

/** Settings that `lab portal` sends to a portal on a machine of the class. They contain private keys. */
export const portalSettingsSchema = z.object({
  lab: z.string(),
  port: z.number(),
  /** URL for students, and the certificate's fingerprint. */
  address: z.object({ url: z.string(), fingerprint: z.string() }),
  certificate: z.string(),
  privateKey: z.string(),
  /** Signs exports, in PEM format. */
  signingKey: z.string(),
  instructorCode: z.string().min(1),
  stuckMinutes: z.number(),
  homes: z.string(),
  lesson: z.object({
    name: z.string(),
    steps: z.array(z.custom<LessonStep>((step) => typeof step === "object")).readonly(),
    checks: z.record(z.string(), z.array(z.custom<StudentCheck>((check) => typeof check === "object")).readonly()),
  }),
  facts: z.object({
    end: z.object({ at: z.string(), precision: z.enum(["exact", "about"]) }).optional(),
    versions: z
      .array(z.object({ docker: z.string(), trivy: z.string(), seats: z.array(z.string()).readonly() }))
      .readonly(),
  }),
  /** The page's script and styles, as text. */
  page: z.object({ script: z.string(), styles: z.string() }),
  seats: z.array(seatSchema),
});

export type PortalSettings = z.infer<typeof portalSettingsSchema>;

/**
 * Updates the roster with new settings from `lab portal`: with the codes on the cards. Claims with the same code and all
 * progress are kept.
 */
export function withSettings(roster: Roster, settings: PortalSettings, now: Date): Roster {
  const holding = (before: Holding | undefined, code: string): Holding => ({
    code,
    claim: before?.code === code ? before.claim : undefined,
  });
  const seats = settings.seats.map(({ seat, code }) => [
    seat,
    { ...roster.seats[seat], ...holding(roster.seats[seat], code) },
  ]);
  return {
    ...withLesson(roster, settings.lesson, now),
    address: settings.address,
    instructor: holding(roster.instructor, settings.instructorCode),
    seats: Object.fromEntries(seats),
  };
}

/** The seats in the portal's settings, which `lab portal` updates. */
export function seatsIn({ seats, facts }: Pick<PortalSettings, "seats" | "facts">) {
  const find = (seat: string) => seats.find((known) => known.seat === seat);
  const { end, versions } = facts;
  return {
    names: (): readonly string[] => seats.map(({ seat }) => seat),
    hostname: (seat: string): string => find(seat)?.hostname ?? "node1",
    // Only `lab` moves seats to spares.
    facts: (): ClassFacts => ({ end, versions, spares: 0 }),
    address: (seat: string): NodeAddress | undefined => find(seat)?.address ?? undefined,
    refresh: async (): Promise<void> => {},
  };
}
