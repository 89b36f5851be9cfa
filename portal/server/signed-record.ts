import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LabError } from "../../core/errors";
import { parseJson } from "./boundary";
import type { ClassRecord } from "./class-record";

const FORMAT = "lab-nodes signed record 1";

const fileSchema = z.strictObject({
  format: z.literal(FORMAT),
  /** The record as JSON text, whose UTF-8 bytes are signed, so that no canonical JSON is needed. */
  payload: z.string(),
  signature: z.base64(),
  publicKey: z.string(),
  fingerprint: z.string(),
});

/** Result of checking a signed file. */
export type SignatureCheck =
  | { readonly kind: "genuine"; readonly record: Pick<ClassRecord, "lab" | "exportedAt">; readonly fingerprint: string }
  /** Valid, but signed by another key. */
  | { readonly kind: "another key"; readonly fingerprint: string }
  | { readonly kind: "not genuine"; readonly reason: string };

/** A record with its signature, as text for a file. */
export function signRecord(record: ClassRecord, key: KeyObject): string {
  const payload = JSON.stringify(record);
  const file: z.infer<typeof fileSchema> = {
    format: FORMAT,
    payload,
    signature: sign(null, Buffer.from(payload), key).toString("base64"),
    publicKey: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
    fingerprint: keyFingerprint(key),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Checks a signed file against the expected fingerprint of its key. */
export function checkSignature(text: string, expected: string): SignatureCheck {
  const file = fileSchema.safeParse(parseJson(text)).data;
  const key = file === undefined ? undefined : parseKey(file.publicKey);
  if (file === undefined || key === undefined) {
    return { kind: "not genuine", reason: "it is not a signed export of a portal, or parts of it are missing" };
  }
  const fingerprint = keyFingerprint(key);
  if (!verify(null, Buffer.from(file.payload), key, Buffer.from(file.signature, "base64"))) {
    return { kind: "not genuine", reason: "its content was changed after signing" };
  }
  if (file.fingerprint !== fingerprint) {
    return { kind: "not genuine", reason: "its fingerprint does not match its key" };
  }
  if (fingerprint !== expected) {
    return { kind: "another key", fingerprint };
  }
  const { lab, exportedAt } = JSON.parse(file.payload) as ClassRecord;
  return { kind: "genuine", record: { lab, exportedAt }, fingerprint };
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === "ed25519" ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The Ed25519 key that signs a class's exports: created once, readable only by its owner, deleted with the class. */
export function ownSigningKey(directory: string): KeyObject {
  const kept = readSigningKey(directory);
  if (kept !== undefined) {
    return kept;
  }
  const { privateKey } = generateKeyPairSync("ed25519");
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(keyFile(directory), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600, flag: "wx" });
    return privateKey;
  } catch (error) {
    // Another `lab` has created the key meanwhile.
    const other = readSigningKey(directory);
    if (other === undefined) {
      throw error;
    }
    return other;
  }
}

/** The saved key; undefined if there is none. */
export function readSigningKey(directory: string): KeyObject | undefined {
  let text: string;
  try {
    text = readFileSync(keyFile(directory), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
  try {
    return createPrivateKey(text);
  } catch (error) {
    throw new LabError(`${keyFile(directory)} is damaged.`, {
      hint: "Remove it. The next export then creates a new key, with another fingerprint.",
      cause: error,
    });
  }
}

/** SHA-256 of a key's public half (its DER form): `sha256:1f2e...`. */
export function keyFingerprint(key: KeyObject): string {
  const publicKey = key.type === "public" ? key : createPublicKey(key);
  const der = publicKey.export({ type: "spki", format: "der" });
  return `sha256:${createHash("sha256").update(der).digest("hex")}`;
}

function keyFile(directory: string): string {
  return join(directory, "export-key.pem");
}
