import { z } from "zod";

/** Where the portal is on its machine, and what belongs to it there. */
export const ON_MACHINE = {
  program: "/opt/lab-portal",
  /** The pinned Node.js, with the SHA-512 of the archive that it came in beside it. */
  node: "/opt/lab-portal/node",
  /** Its class book, and what it was told, for its user alone. */
  state: "/var/lib/lab-portal",
  settings: "/var/lib/lab-portal/settings.json",
  user: "lab-portal",
} as const;

const seatSchema = z.object({
  seat: z.string(),
  code: z.string().min(1),
  hostname: z.string(),
  /** How its node is reached as the student; null while it has no machine. */
  address: z
    .object({
      host: z.string(),
      port: z.number(),
      user: z.string(),
      /** The student's own: it opens that node alone. */
      privateKey: z.string(),
      hostKey: z.string(),
    })
    .nullable(),
});

/** What a portal on a machine of the class is told by `lab portal`. It has keys in it. */
export const portalSettingsSchema = z.object({
  lab: z.string(),
  port: z.number(),
  /** What students type, and the certificate's fingerprint. */
  address: z.object({ url: z.string(), fingerprint: z.string() }),
  certificate: z.string(),
  privateKey: z.string(),
  /** Signs exports, in PEM format. */
  signingKey: z.string(),
  instructorCode: z.string().min(1),
  stuckMinutes: z.number(),
  homes: z.string(),
  /** As `lessonText` writes it. */
  lesson: z.string(),
  facts: z.object({
    end: z.object({ at: z.string(), precision: z.enum(["exact", "about"]) }).optional(),
    versions: z.array(z.object({ docker: z.string(), trivy: z.string(), seats: z.array(z.string()) })),
  }),
  page: z.object({
    script: z.string(),
    styles: z.string(),
    /** Contents in base64. */
    files: z.array(z.object({ name: z.string(), type: z.string(), plain: z.string(), brotli: z.string() })),
  }),
  seats: z.array(seatSchema),
});

export type PortalSettings = z.infer<typeof portalSettingsSchema>;
