import lock from "../lab.lock.json";

/**
 * Every default, once. The schema, Pulumi.yaml and docs/config.md are tested against this object.
 */
export const DEFAULTS = {
  target: "local",
  seats: 1,
  spares: 0,
  moved: {},
  placement: {},
  portal: "operator",
  portalPort: 8443,
  docker: { publish: "loopback" },
  local: {
    baseImage: lock.images.debian,
    sshPort: 2201,
  },
  aws: { instanceType: "t3.medium", allowAnywhere: false, rootGigabytes: 20, spot: false },
  node: { dockerPackage: "distribution" },
  access: { password: "generated" },
  images: {
    base: "lesson",
    delivery: "build",
    registryPort: 5001,
    registryPullPort: 5003,
    mirrorPort: 5002,
    mirrorOf: "https://registry-1.docker.io",
  },
  artefacts: {},
  trivy: { database: "registry" },
  lesson: { registryImage: "svahub.io/library/wordpress:latest" },
} as const;

/** When machines end by themselves if `expires` is not set. Machines that cost money always end. */
export const DEFAULT_EXPIRY = { local: undefined, aws: "12h" } as const;

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
