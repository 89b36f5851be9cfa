import { z } from "zod";

/** More than any gate prints. */
const LONGEST = 64 * 1024;

/** Replaces a value that is not of its format. */
const UNKNOWN = "unknown";

/** A machine's values become part of pages, tables and files, so only texts of their format are accepted. */
const of = (format: RegExp) => z.string().regex(format).catch(UNKNOWN);
const version = of(/^[0-9A-Za-z][\w.+~:-]{0,79}$/);
const name = of(/^[\w .,()/+~:-]{1,100}$/);
const seconds = z.number().min(0).max(1_000_000).catch(0);
const database = z.object({
  /** Of its schema. */
  version: z.number().int().min(0).max(1_000_000).catch(0),
  /** When its advisories were collected. */
  updatedAt: of(/^\d{4}-\d\d-\d\dT[\d:.]{5,20}(?:Z|[+-]\d\d:\d\d)$/),
  /** Description of a sample database; absent from a real one. */
  sample: of(/^[\w .,()/+~:-]{1,200}$/).exactOptional(),
});
const packages = z
  .record(z.string(), z.unknown())
  .transform((all) =>
    Object.fromEntries(
      Object.entries(all)
        .filter(([key]) => /^[a-z0-9][a-z0-9.+-]{0,60}$/.test(key))
        .slice(0, 100)
        .map(([key, value]) => [key, version.parse(value)]),
    ),
  )
  .catch({});

const readinessSchema = z.object({
  hostname: of(/^[0-9A-Za-z](?:[0-9A-Za-z.-]{0,62})$/),
  os: name,
  /** Distribution and release, as lab.lock.json has them, e.g. `debian 12`. */
  distribution: name,
  architecture: version,
  docker: z.object({ server: version, client: version }),
  trivy: z.object({ version, database }),
  /** Installed version of each package that matters, as the distribution's mirror had it. */
  packages,
  /** Sum of the names and versions of all installed packages. */
  packagesSha256: of(/^[0-9a-f]{64}$/),
  /** Seconds from the machine's start to cloud-init's end, and those that Docker's proof took. */
  seconds: z.object({ cloudInit: seconds, docker: seconds }),
});

/** What the readiness gate found on the node. */
export interface Readiness extends z.infer<typeof readinessSchema> {}

/**
 * Reads what the gate printed on a node. A value that is not of its format is "unknown" (0 for a number); undefined
 * where the whole is not what a gate prints.
 */
export function parseReadiness(printed: string): Readiness | undefined {
  const parsed = readinessSchema.safeParse(parseBounded(printed));
  return parsed.success ? parsed.data : undefined;
}

/** Reads one JSON value that a node printed; undefined where it is too long, or none. */
export function parseBounded(printed: string, longest = LONGEST): unknown {
  try {
    return printed.length <= longest ? (JSON.parse(printed) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
