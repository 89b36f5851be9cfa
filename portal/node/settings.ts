import { z } from "zod";

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
