/** Allowed ranges of settings. */
export const LIMITS = {
  /** A bridge network allows more, but no machine has been tested with more than 200 containers. */
  seats: { min: 1, max: 200 },
  /** A class that needs more has a problem that spares do not solve. */
  spares: { min: 0, max: 20 },
  /** Ports below 1024 need root; each seat takes the next one. */
  sshPort: { min: 1024, max: 65535 },
  /** The machine image needs 8 GiB, the lesson with its images 4; a value above the maximum is probably a typing error. */
  rootGigabytes: { min: 12, max: 500 },
} as const;

/** Index of the portal's machine in its class: after the last possible spare. */
export const PORTAL_INDEX = LIMITS.seats.max + LIMITS.spares.max;
