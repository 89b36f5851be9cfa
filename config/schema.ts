import { z } from "zod";
import { awsSchema } from "./aws";
import { DEFAULTS, LIMITS } from "./defaults";
import { EXPIRY_RULE, parseExpiry } from "./expiry";
import { EXTENSION_RULE, parseEnd } from "./extension";
import { hostsSchema, placementSchema } from "./hosts";
import { movesSchema } from "./moves";
import { REGISTRY, REGISTRY_RULE } from "./values/registry";
import { bakeName, integerBetween, oneOf, text } from "./values/schemas";

const sha256 = text.regex(/^[0-9a-f]{64}$/, { error: "must be a SHA-256 sum, 64 digits from 0-9 and a-f" });

/** A URL without user name and password, which would end up in logs, or a name without folders. */
function artefact(what: string) {
  return text.regex(/^(https?:\/\/[^\s@/]+(\/\S*)?|[A-Za-z0-9][\w.+-]*)$/, {
    error: `must be a URL ("https://" or "http://", without a user name) or the name of a ${what} in artefacts.directory`,
  });
}

/** Settings of the operator's Docker Engine, where the local target makes its machines. */
const dockerSchema = z.strictObject({
  /** Address of the Engine. @default - DOCKER_HOST, else unix:///var/run/docker.sock */
  host: z
    .string({ error: "must be text" })
    .regex(/^(unix|tcp|ssh):\/\/.+/, { error: 'must start with "unix://", "tcp://" or "ssh://"' })
    .optional(),
  /** Several Engines, over which the seats are spread; servers are reached by SSH. @default - docker.host alone */
  hosts: hostsSchema.optional(),
  /** Where seats on servers answer SSH: at the server's own loopback address, or at all its addresses. @default loopback */
  publish: oneOf(["loopback", "everywhere"]).default(DEFAULTS.docker.publish),
});

/** Settings of the local target. */
const localSchema = z.strictObject({
  /** Image that the node image is built from: Debian 12 or Ubuntu, with apt. @default debian:bookworm-slim by digest */
  baseImage: text.default(DEFAULTS.local.baseImage),
  /** SSH port of the first seat on 127.0.0.1; each further seat takes the next one. @default 2201 */
  sshPort: integerBetween(LIMITS.sshPort).default(DEFAULTS.local.sshPort),
  /** Bake that machines are made from, by its hash, which `lab up` writes; "none": without one. @default - not recorded */
  bake: bakeName.optional(),
});

/** What cloud-init makes of a machine. */
const nodeSchema = z.strictObject({
  /** Where Docker comes from: the distribution's package, or Docker's own repository. @default distribution */
  dockerPackage: oneOf(["distribution", "docker"]).default(DEFAULTS.node.dockerPackage),
});

/** How students log in. */
const accessSchema = z.strictObject({
  /** Whether the user student gets a password on each seat, or logs in by key alone. @default generated */
  password: oneOf(["generated", "none"]).default(DEFAULTS.access.password),
});

/** The lesson's images. */
const imagesSchema = z.strictObject({
  /** "lesson": Alpine and Ubuntu, as the lesson has it; "debian": both on Debian, for classes without their mirrors. @default lesson */
  base: oneOf(["lesson", "debian"]).default(DEFAULTS.images.base),
  /** "build": every node builds them; "registry": they are built once, and nodes pull them. @default build */
  delivery: oneOf(["build", "registry"]).default(DEFAULTS.images.delivery),
  /** Registry that they go through. @default - one of the class's own, for as long as the class is up */
  registry: text.regex(REGISTRY, { error: REGISTRY_RULE }).optional(),
  /** Port on 127.0.0.1 of the class's own registry. @default 5001 */
  registryPort: integerBetween(LIMITS.sshPort).default(DEFAULTS.images.registryPort),
  /** Port on 127.0.0.1 where nodes pull from the class's own registry, which takes no pushes there. @default 5003 */
  registryPullPort: integerBetween(LIMITS.sshPort).default(DEFAULTS.images.registryPullPort),
  /** Pull-through mirror of Docker Hub that nodes ask before it: its URL, or "class" for one of the class's own. @default - they ask Docker Hub */
  mirror: text
    .regex(/^(class|https?:\/\/[^\s@/]+\/?)$/, {
      error: `must be "class", or a mirror's URL without a user name and a path, such as https://mirror.example.org`,
    })
    .optional(),
  /** Port of the class's own mirror. @default 5002 */
  mirrorPort: integerBetween(LIMITS.sshPort).default(DEFAULTS.images.mirrorPort),
  /** What the class's own mirror is a mirror of. @default https://registry-1.docker.io */
  mirrorOf: text
    .regex(/^https?:\/\/[^\s@/]+\/?$/, {
      error: "must be a registry's URL, without a user name and a path, such as https://registry-1.docker.io",
    })
    .default(DEFAULTS.images.mirrorOf),
});

/** Files that nodes need not download. */
const artefactsSchema = z.strictObject({
  /** Folder on the Engine's machine, mounted read-only into every node, or for aws on the machine image: base images (`*.tar`), Trivy, its database. @default - nodes download everything */
  directory: text.regex(/^\//, { error: "must be an absolute path" }).optional(),
});

/** Trivy on the nodes, and its vulnerability database. */
const trivySchema = z.strictObject({
  /** Release archive: a URL, or a file in the folder of artefacts. @default - the release that lab.lock.json pins */
  archive: artefact("file").optional(),
  /** Sum of the archive. @default - the one that lab.lock.json pins */
  sha256: sha256.optional(),
  /** "registry": each node downloads the database at its first boot; "baked": it is in an archive of ours. @default registry */
  database: oneOf(["registry", "baked"]).default(DEFAULTS.trivy.database),
  /** Where the database is downloaded, in order, as Trivy's `--db-repository` takes it. @default - Trivy's own list */
  databaseRepositories: text
    .regex(/^[^\s,]+(,[^\s,]+)*$/, { error: "must be repositories, separated by commas, without spaces" })
    .optional(),
  /** The baked database: a URL, or a file or folder in the folder of artefacts. @default - none, for the kind "registry" */
  databaseArchive: artefact("file or folder").optional(),
  /** Sum of that archive; of a folder, that of its trivy.db. @default - none, for the kind "registry" */
  databaseSha256: sha256.optional(),
});

/** The lesson as `lab verify` performs it. */
const lessonSchema = z.strictObject({
  /** Image that is scanned from a registry. @default svahub.io/library/wordpress:latest */
  registryImage: text.default(DEFAULTS.lesson.registryImage),
});

/** All settings of a stack, in Pulumi's namespace `lab-nodes`. */
export const configSchema = z.strictObject({
  /** Where machines come from. @default local */
  target: oneOf(["local", "aws"]).default(DEFAULTS.target),
  /** Number of seats, each with a node1 of its own. @default 1 */
  seats: integerBetween(LIMITS.seats).default(DEFAULTS.seats),
  /** Number of spare nodes, made along for seats whose own one fails. @default 0 */
  spares: integerBetween(LIMITS.spares).default(DEFAULTS.spares),
  /** Seats that have moved to a spare; `lab` writes it. @default - none has */
  moved: movesSchema.prefault(DEFAULTS.moved),
  /** Which of docker.hosts each seat and spare is on; `lab` writes it. @default - none is placed */
  placement: placementSchema.prefault(DEFAULTS.placement),
  /** When machines end by themselves: a duration from their first boot, or a time. @default - 12h for aws, never for local */
  expires: text.refine((value) => parseExpiry(value) !== undefined, { error: EXPIRY_RULE }).optional(),
  /** The later end of a running class; `./lab extend` writes it. @default - machines end as `expires` says */
  extended: text.refine((value) => parseEnd(value) !== undefined, { error: EXTENSION_RULE }).optional(),
  /** Who answers for the class, for tags. @default - the user's name */
  owner: text
    .regex(/^[\p{L}\p{N} +=._:/@-]{1,256}$/u, { error: "must be letters, digits, spaces and + - = . _ : / @" })
    .optional(),
  /** Where the portal runs: in `lab` on the operator's machine, or on a machine of the class. @default operator */
  portal: oneOf(["operator", "node"]).default(DEFAULTS.portal),
  /** Port of the operator's machine, at AWS of the portal's own, under which a portal on a machine of the class is reached. @default 8443 */
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
  /** Kind of engine that made this stack; `lab` writes it. @default - not recorded */
  engine: oneOf(["official", "air-gapped"]).optional(),
});

/** A checked config with every default filled in. */
export type LabConfig = z.output<typeof configSchema>;

/** Names of the top-level settings that hold further settings. */
export const SECTIONS = ["docker", "local", "aws", "node", "access", "images", "artefacts", "trivy", "lesson"] as const;

/** Every setting there is, by its full name, e.g. `local.sshPort`. */
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
