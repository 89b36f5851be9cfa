import { z } from "zod";
import { awsSchema } from "./aws";
import { DEFAULTS, LIMITS } from "./defaults";
import { EXPIRY_RULE, parseExpiry } from "./expiry";
import { EXTENSION_RULE, parseEnd } from "./extension";
import { hostsSchema, placementSchema } from "./hosts";
import { movesSchema } from "./moves";
import { REGISTRY, REGISTRY_RULE } from "./values/registry";
import { bakeName, integerBetween, oneOf, text } from "./values/schemas";

const sha256 = text.regex(/^[0-9a-f]{64}$/, { error: "must be a SHA-256 sum, 64 hexadecimal digits" });

/** A URL without user name and password, which would appear in logs, or a file name without folders. */
function artefact(what: string) {
  return text.regex(/^(https?:\/\/[^\s@/]+(\/\S*)?|[A-Za-z0-9][\w.+-]*)$/, {
    error: `must be a URL ("https://" or "http://", without a user name) or the name of a ${what} in artefacts.directory`,
  });
}

/** Settings of the operator's Docker Engine, on which the local target creates machines. */
const dockerSchema = z.strictObject({
  /** Address of the Engine. @default - DOCKER_HOST, else unix:///var/run/docker.sock */
  host: z
    .string({ error: "must be text" })
    .regex(/^(unix|tcp|ssh):\/\/.+/, { error: 'must start with "unix://", "tcp://" or "ssh://"' })
    .optional(),
  /** Several Engines, over which the seats are spread; servers are reached by SSH. @default - only docker.host */
  hosts: hostsSchema.optional(),
  /** Where seats on servers publish SSH: at the server's loopback address, or at all its addresses. @default loopback */
  publish: oneOf(["loopback", "everywhere"]).default(DEFAULTS.docker.publish),
});

/** Settings of the local target. */
const localSchema = z.strictObject({
  /** Image that the node image is built from: Debian 12 or Ubuntu, with apt. @default debian:bookworm-slim by digest */
  baseImage: text.default(DEFAULTS.local.baseImage),
  /** SSH port of the first seat on 127.0.0.1; each further seat takes the next one. @default 2201 */
  sshPort: integerBetween(LIMITS.sshPort).default(DEFAULTS.local.sshPort),
  /** Hash of the bake that machines are created from, written by `lab up`; "none" for no bake. @default - not recorded */
  bake: bakeName.optional(),
});

/** How cloud-init sets up a machine. */
const nodeSchema = z.strictObject({
  /** Where Docker comes from: the distribution's package, or Docker's own repository. @default distribution */
  dockerPackage: oneOf(["distribution", "docker"]).default(DEFAULTS.node.dockerPackage),
});

/** How students log in. */
const accessSchema = z.strictObject({
  /** Whether the user student gets a password on each seat, or logs in with a key only. @default generated */
  password: oneOf(["generated", "none"]).default(DEFAULTS.access.password),
});

/** The lesson's images. */
const imagesSchema = z.strictObject({
  /** "lesson": Alpine and Ubuntu, as in the lesson; "debian": Debian for both, for classes without their mirrors. @default lesson */
  base: oneOf(["lesson", "debian"]).default(DEFAULTS.images.base),
  /** "build": every node builds them; "registry": they are built once, and nodes pull them. @default build */
  delivery: oneOf(["build", "registry"]).default(DEFAULTS.images.delivery),
  /** Registry for the images. @default - a registry of the class's own, while the class is up */
  registry: text.regex(REGISTRY, { error: REGISTRY_RULE }).optional(),
  /** Port on 127.0.0.1 of the class's own registry. @default 5001 */
  registryPort: integerBetween(LIMITS.sshPort).default(DEFAULTS.images.registryPort),
  /** Read-only port on 127.0.0.1 from which nodes pull from the class's own registry. @default 5003 */
  registryPullPort: integerBetween(LIMITS.sshPort).default(DEFAULTS.images.registryPullPort),
  /** Pull-through mirror of Docker Hub: its URL, or "class" for a mirror of the class's own. @default - nodes pull from Docker Hub */
  mirror: text
    .regex(/^(class|https?:\/\/[^\s@/]+\/?)$/, {
      error: `must be "class", or a mirror's URL without user name and path, such as https://mirror.example.org`,
    })
    .optional(),
  /** Port of the class's own mirror. @default 5002 */
  mirrorPort: integerBetween(LIMITS.sshPort).default(DEFAULTS.images.mirrorPort),
  /** Registry that the class's own mirror mirrors. @default https://registry-1.docker.io */
  mirrorOf: text
    .regex(/^https?:\/\/[^\s@/]+\/?$/, {
      error: "must be a registry's URL without user name and path, such as https://registry-1.docker.io",
    })
    .default(DEFAULTS.images.mirrorOf),
});

/** Files that nodes use instead of downloading them. */
const artefactsSchema = z.strictObject({
  /** Folder on the Engine's machine, mounted read-only into every node, or for aws on the machine image: base images (`*.tar`), Trivy, its database. @default - nodes download everything */
  directory: text.regex(/^\//, { error: "must be an absolute path" }).optional(),
});

/** Trivy on the nodes, and its vulnerability database. */
const trivySchema = z.strictObject({
  /** Release archive: a URL, or a file in artefacts.directory. @default - the release that lab.lock.json pins */
  archive: artefact("file").optional(),
  /** SHA-256 sum of the archive. @default - the one that lab.lock.json pins */
  sha256: sha256.optional(),
  /** "registry": each node downloads the database at its first boot; "baked": it comes from your own archive. @default registry */
  database: oneOf(["registry", "baked"]).default(DEFAULTS.trivy.database),
  /** Repositories to download the database from, in order, in the format of Trivy's `--db-repository`. @default - Trivy's own list */
  databaseRepositories: text
    .regex(/^[^\s,]+(,[^\s,]+)*$/, { error: "must be a comma-separated list of repositories, without spaces" })
    .optional(),
  /** The baked database: a URL, or a file or folder in artefacts.directory. @default - none, for the kind "registry" */
  databaseArchive: artefact("file or folder").optional(),
  /** SHA-256 sum of that archive, or of the trivy.db in that folder. @default - none, for the kind "registry" */
  databaseSha256: sha256.optional(),
});

/** The lesson as `lab verify` performs it. */
const lessonSchema = z.strictObject({
  /** Image that is scanned from a registry. @default svahub.io/library/wordpress:latest */
  registryImage: text.default(DEFAULTS.lesson.registryImage),
});

/** All settings of a stack, in Pulumi's namespace `lab-nodes`. */
export const configSchema = z.strictObject({
  /** Where machines run. @default local */
  target: oneOf(["local", "aws"]).default(DEFAULTS.target),
  /** Number of seats, each with its own node1. @default 1 */
  seats: integerBetween(LIMITS.seats).default(DEFAULTS.seats),
  /** Number of spare nodes, for seats whose node fails. @default 0 */
  spares: integerBetween(LIMITS.spares).default(DEFAULTS.spares),
  /** Seats that have moved to a spare, written by `lab`. @default - none */
  moved: movesSchema.prefault(DEFAULTS.moved),
  /** The Docker host of each seat and spare, written by `lab`. @default - none */
  placement: placementSchema.prefault(DEFAULTS.placement),
  /** When machines end by themselves: a duration from their first boot, or a time. @default - 12h for aws, never for local */
  expires: text.refine((value) => parseExpiry(value) !== undefined, { error: EXPIRY_RULE }).optional(),
  /** The later end of a running class, written by `./lab extend`. @default - machines end according to `expires` */
  extended: text.refine((value) => parseEnd(value) !== undefined, { error: EXTENSION_RULE }).optional(),
  /** Person responsible for the class, for tags. @default - the user's name */
  owner: text
    .regex(/^[\p{L}\p{N} +=._:/@-]{1,256}$/u, { error: "must be letters, digits, spaces and + - = . _ : / @" })
    .optional(),
  /** Where the portal runs: in `lab` on the operator's machine, or on a machine of the class. @default operator */
  portal: oneOf(["operator", "node"]).default(DEFAULTS.portal),
  /** Port for a portal on a machine of the class: of the operator's machine, or of the portal's machine at AWS. @default 8443 */
  portalPort: integerBetween(LIMITS.sshPort).default(DEFAULTS.portalPort),
  docker: dockerSchema.prefault({}),
  local: localSchema.prefault({}),
  aws: awsSchema.prefault({}),
  node: nodeSchema.prefault({}),
  access: accessSchema.prefault({}),
  images: imagesSchema.prefault({}),
  artefacts: artefactsSchema.prefault({}),
  trivy: trivySchema.prefault({}),
  lesson: lessonSchema.prefault({}),
  /** Kind of engine that created this stack, written by `lab`. @default - not recorded */
  engine: oneOf(["official", "air-gapped"]).optional(),
});

/** A checked config with every default filled in. */
export type LabConfig = z.output<typeof configSchema>;

/** Names of the top-level settings that hold further settings. */
export const SECTIONS = ["docker", "local", "aws", "node", "access", "images", "artefacts", "trivy", "lesson"] as const;

/** The full name of every setting, e.g. `local.sshPort`. */
export function settingNames(): string[] {
  const sections: Record<string, z.ZodObject> = {
    docker: dockerSchema,
    local: localSchema,
    aws: awsSchema,
    node: nodeSchema,
    access: accessSchema,
    images: imagesSchema,
    artefacts: artefactsSchema,
    trivy: trivySchema,
    lesson: lessonSchema,
  };
  return Object.keys(configSchema.shape).flatMap((name) => {
    const section = sections[name];
    return section === undefined ? [name] : Object.keys(section.shape).map((key) => `${name}.${key}`);
  });
}
