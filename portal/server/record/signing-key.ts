import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../../../core/errors";

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
