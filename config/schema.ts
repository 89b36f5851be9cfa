import { z } from "zod";
import lock from "../lab.lock.json";
import { awsSchema } from "./aws";
import { EXPIRY_RULE, EXTENSION_RULE, parseEnd, parseExpiry } from "./expiry";
import { hostsSchema, placementSchema } from "./hosts";
import { LIMITS } from "./limits";
import { movesSchema } from "./moves";
import { REGISTRY, REGISTRY_RULE } from "./values/registry";
import { bakeName, integerBetween, oneOf, port, sha256, text } from "./values/schemas";

/*
 * The one table of settings: what each may be, its default, and in `meta` what the other places say of it. `npm run docs`
 * writes Pulumi.yaml and docs/config.md from it (scripts/settings-pages.ts), and `lab` takes its flags from it.
 * - description: one sentence of Markdown, at most 100 columns
 * - value: the allowed values in words, unless the schema lists them
 * - flag: of `lab up`, `lab preview` and `lab doctor`; flagValue is the kind of its value
 */

/** A URL without user name and password, which would appear in logs, or a file name without folders. */
function artefact(what: string) {
  return text
    .regex(/^(https?:\/\/[^\s@/]+(\/\S*)?|[A-Za-z0-9][\w.+-]*)$/, {
      error: `must be a URL ("https://" or "http://", without a user name) or the name of a ${what} in artefacts.directory`,
    })
    .meta({ value: `URL, or name of a ${what} in \`artefacts.directory\`` });
}

const dockerSchema = z.strictObject({
  host: z
    .string({ error: "must be text" })
    .regex(/^(unix|tcp|ssh):\/\/.+/, { error: 'must start with "unix://", "tcp://" or "ssh://"' })
    .optional()
    .meta({
      description: "Address of the Docker Engine that local machines run on.",
      value: "address: `unix://`, `tcp://` or `ssh://`",
    }),
  hosts: hostsSchema.optional().meta({
    description: "Several Docker Engines, over which the class is spread.",
    value: "addresses with commas between: `unix://` or `ssh://`",
  }),
  publish: oneOf(["loopback", "everywhere"])
    .default("loopback")
    .meta({ description: "Where seats on servers answer SSH." }),
});

const localSchema = z.strictObject({
  baseImage: text.default(lock.images.debian).meta({
    description: "Image that the local machines are built on: Debian 13, Debian 12 or Ubuntu, with apt.",
    value: "name of an image",
  }),
  sshPort: port.default(2201).meta({ description: "SSH port of the first seat on 127.0.0.1.", flag: "ssh-port" }),
  bake: bakeName.optional().meta({ description: "The [bake](bake.md) that local machines are created from." }),
});

const nodeSchema = z.strictObject({
  dockerPackage: oneOf(["distribution", "docker"])
    .default("distribution")
    .meta({ description: "Where the Docker on a node comes from." }),
});

const accessSchema = z.strictObject({
  password: oneOf(["generated", "none"])
    .default("generated")
    .meta({ description: "Whether the user `student` gets a password on each seat." }),
});

const imagesSchema = z.strictObject({
  base: oneOf(["lesson", "debian"]).default("lesson").meta({ description: "What the lesson's images are built on." }),
  delivery: oneOf(["build", "registry"])
    .default("build")
    .meta({ description: "How the lesson's images get onto the nodes." }),
  registry: text.regex(REGISTRY, { error: REGISTRY_RULE }).optional().meta({
    description: "Registry that the images go through, for `images.delivery: registry`.",
    value: "host of a registry, with a port and a path if needed",
  }),
  registryPort: port.default(5001).meta({
    description: "Port on 127.0.0.1 of the class's own registry, to which your Docker Engine pushes.",
  }),
  registryPullPort: port.default(5003).meta({
    description: "Port on 127.0.0.1 where nodes pull from the class's own registry, through SSH.",
  }),
  mirror: text
    .regex(/^(class|https?:\/\/[^\s@/]+\/?)$/, {
      error: `must be "class", or a mirror's URL without user name and path, such as https://mirror.example.org`,
    })
    .optional()
    .meta({
      description: "Pull-through mirror of Docker Hub that the nodes' Docker asks first.",
      value: "`class` or URL",
    }),
  mirrorPort: port.default(5002).meta({ description: "Port of the class's own mirror." }),
  mirrorOf: text
    .regex(/^https?:\/\/[^\s@/]+\/?$/, {
      error: "must be a registry's URL without user name and path, such as https://registry-1.docker.io",
    })
    .default("https://registry-1.docker.io")
    .meta({ description: "What the class's own mirror is a mirror of, if not of Docker Hub.", value: "URL" }),
});

const artefactsSchema = z.strictObject({
  directory: text.regex(/^\//, { error: "must be an absolute path" }).optional().meta({
    description: "Folder on the Docker Engine's machine that every node gets read-only.",
    value: "absolute path of a folder",
  }),
});

const trivySchema = z.strictObject({
  archive: artefact("file").optional().meta({ description: "Where Trivy comes from." }),
  sha256: sha256.optional().meta({ description: "SHA-256 sum of the archive that `trivy.archive` names." }),
  database: oneOf(["registry", "baked"])
    .default("registry")
    .meta({ description: "Where the vulnerability database comes from." }),
  databaseRepositories: text
    .regex(/^[^\s,]+(,[^\s,]+)*$/, { error: "must be a comma-separated list of repositories, without spaces" })
    .optional()
    .meta({
      description: "Where the database is downloaded, in order, as Trivy's own `--db-repository` takes it.",
      value: "repositories, separated by commas",
    }),
  databaseArchive: artefact("file or folder").optional().meta({
    description: "The baked database: a URL, or the name of a file or folder in `artefacts.directory`.",
  }),
  databaseSha256: sha256.optional().meta({
    description: "SHA-256 sum of the archive that `trivy.databaseArchive` names; for a folder, of its `trivy.db`.",
  }),
});

const lessonSchema = z.strictObject({
  registryImage: text.default("svahub.io/library/wordpress:latest").meta({
    description: "Image that `./lab verify` scans from a registry, in the lesson's sixth step.",
    value: "name of an image",
  }),
});

/** All settings of a stack, in Pulumi's namespace `lab-nodes`. */
export const configSchema = z.strictObject({
  target: oneOf(["local", "aws"])
    .default("local")
    .meta({ description: "Where machines run.", flag: "target", flagValue: "name" }),
  seats: integerBetween(LIMITS.seats)
    .default(1)
    .meta({ description: "Number of seats, each with its own `node1`.", flag: "seats" }),
  spares: integerBetween(LIMITS.spares)
    .default(0)
    .meta({ description: "Number of spare nodes, for seats whose node fails.", flag: "spares" }),
  moved: movesSchema.prefault({}).meta({
    description: "Which seats have moved to which spare; `lab` writes it.",
    value: "group: a seat, and the spare that has it",
  }),
  placement: placementSchema.prefault({}).meta({
    description: "Which of `docker.hosts` each seat and spare is on; `lab` writes it.",
    value: "group: a seat, and its Docker host",
  }),
  expires: text
    .refine((value) => parseExpiry(value) !== undefined, { error: EXPIRY_RULE })
    .optional()
    .meta({ description: "When machines switch themselves off.", value: "duration such as `8h` or `3d`, or a time" }),
  extended: text
    .refine((value) => parseEnd(value) !== undefined, { error: EXTENSION_RULE })
    .optional()
    .meta({ description: "The later end of a running class.", value: "time" }),
  owner: text
    .regex(/^[\p{L}\p{N} +=._:/@-]{1,256}$/u, { error: "must be letters, digits, spaces and + - = . _ : / @" })
    .optional()
    .meta({ description: "The person responsible for the class.", value: "name" }),
  portal: oneOf(["operator", "node"]).default("operator").meta({ description: "Where the [portal](portal.md) runs." }),
  portalPort: port.default(8443).meta({
    description: "Port of a portal on a machine of the class: on this machine, or at AWS on the portal's instance.",
  }),
  docker: dockerSchema.prefault({}).meta({ description: "Docker Engine that local machines run on." }),
  local: localSchema.prefault({}).meta({ description: "Machines of the target local." }),
  aws: awsSchema
    .prefault({})
    .meta({ description: "Settings of the target aws, of which `aws.allowedCidrs` is required." }),
  node: nodeSchema.prefault({}).meta({ description: "How cloud-init sets up a machine." }),
  access: accessSchema.prefault({}).meta({ description: "How students log in." }),
  images: imagesSchema.prefault({}).meta({ description: "The lesson's images." }),
  artefacts: artefactsSchema.prefault({}).meta({ description: "Files that nodes use instead of downloading them." }),
  trivy: trivySchema.prefault({}).meta({ description: "Trivy on the nodes, and its vulnerability database." }),
  lesson: lessonSchema.prefault({}).meta({ description: "The lesson as lab verify performs it." }),
  engine: oneOf(["official", "air-gapped"])
    .optional()
    .meta({ description: "The kind of Pulumi engine that created the stack." }),
});

/** A checked config with every default filled in. */
export type LabConfig = z.output<typeof configSchema>;

/** The config of a stack without settings. */
export const DEFAULTS: LabConfig = configSchema.parse({});
