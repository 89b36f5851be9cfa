import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import type { ClassRecord } from "./class-record";
import { keyFingerprint } from "./signing-key";

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
export type Judgement =
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
export function judgeSigned(text: string, expected: string): Judgement {
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
