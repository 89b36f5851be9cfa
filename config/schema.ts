import { z } from "zod";
import { awsSchema, checkAws } from "./aws";
import { DEFAULTS, LIMITS } from "./defaults";
import { EXPIRY_RULE, parseExpiry } from "./expiry";
import { integerBetween, oneOf, text } from "./values";

/** Settings of the operator's Docker Engine, where the local target makes its machines. */
const dockerSchema = z.strictObject({
  /** Address of the Engine. @default - DOCKER_HOST, else unix:///var/run/docker.sock */
  host: z
    .string({ error: "must be text" })
    .regex(/^(unix|tcp|ssh):\/\/.+/, { error: 'must start with "unix://", "tcp://" or "ssh://"' })
    .optional(),
});

/** Settings of the local target. */
const localSchema = z.strictObject({
  /** Image that the node image is built from: Debian 12 or Ubuntu, with apt. @default debian:bookworm-slim by digest */
  baseImage: text.default(DEFAULTS.local.baseImage),
  /** SSH port of the first seat on 127.0.0.1; each further seat takes the next one. @default 2201 */
  sshPort: integerBetween(LIMITS.sshPort).default(DEFAULTS.local.sshPort),
});

/** What cloud-init makes of a machine. */
const nodeSchema = z.strictObject({
  /** Where Docker comes from: the distribution's package, or Docker's own repository. @default distribution */
  dockerPackage: oneOf(["distribution", "docker"]).default(DEFAULTS.node.dockerPackage),
});

/** The lesson's images. */
const imagesSchema = z.strictObject({
  /** "lesson": Alpine and Ubuntu, as the lesson has it; "debian": both on Debian, for classes without their mirrors. @default lesson */
  base: oneOf(["lesson", "debian"]).default(DEFAULTS.images.base),
  /** Folder on the Engine's machine with base images as `docker save` archives, mounted read-only into every node. @default - nodes pull from the registry */
  directory: text.regex(/^\//, { error: "must be an absolute path" }).optional(),
});

/** All settings of a stack, in Pulumi's namespace `lab-nodes`. */
export const configSchema = z
  .strictObject({
    /** Where machines come from. @default local */
    target: oneOf(["local", "aws"]).default(DEFAULTS.target),
    /** Number of seats, each with a node1 of its own. @default 1 */
    seats: integerBetween(LIMITS.seats).default(DEFAULTS.seats),
    /** When machines end by themselves: a duration from their first boot, or a time. @default - 12h for aws, never for local */
    expires: text.refine((value) => parseExpiry(value) !== undefined, { error: EXPIRY_RULE }).optional(),
    /** Who answers for the class, for tags. @default - the user's name */
    owner: text
      .regex(/^[\p{L}\p{N} +=._:/@-]{1,256}$/u, { error: "must be letters, digits, spaces and + - = . _ : / @" })
      .optional(),
    docker: dockerSchema.prefault(DEFAULTS.docker),
    local: localSchema.prefault({}),
    aws: awsSchema.prefault({}),
    node: nodeSchema.prefault({}),
    images: imagesSchema.prefault({}),
    /** Kind of engine that made this stack; `lab` writes it. @default - not recorded */
    engine: oneOf(["official", "air-gapped"]).optional(),
  })
  .superRefine((config, context) => {
    const last = config.local.sshPort + config.seats - 1;
    if (last > LIMITS.sshPort.max) {
      context.addIssue({
        code: "custom",
        path: ["local", "sshPort"],
        message: `leaves no room for ${config.seats} seats: the last port would be ${last}, the highest there is ${LIMITS.sshPort.max}`,
      });
    }
  })
  .superRefine(checkAws);

/** A checked config with every default filled in. */
export type LabConfig = z.output<typeof configSchema>;

/** Names of the top-level settings that hold further settings. */
export const SECTIONS = ["docker", "local", "aws", "node", "images"] as const;

/** Every setting there is, by its full name, e.g. `local.sshPort`. */
export function settingNames(): string[] {
  const sections: Record<string, z.ZodObject> = {
    docker: dockerSchema,
    local: localSchema,
    aws: awsSchema,
    node: nodeSchema,
    images: imagesSchema,
  };
  return Object.keys(configSchema.shape).flatMap((name) => {
    const section = sections[name];
    return section === undefined ? [name] : Object.keys(section.shape).map((key) => `${name}.${key}`);
  });
}
