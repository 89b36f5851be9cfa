import { createHash, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { parseKey, parsePrivateKey } from "sshpk";

/** Names of curves as users write them, with the names that OpenSSL gives them. */
const CURVES = { P224: "secp224r1", P256: "prime256v1", P384: "secp384r1", P521: "secp521r1" } as const;

export type Algorithm = "RSA" | "ECDSA" | "ED25519";
export type Curve = keyof typeof CURVES;

export const ALGORITHMS: readonly Algorithm[] = ["RSA", "ECDSA", "ED25519"];
export const CURVE_NAMES = Object.keys(CURVES) as Curve[];

/** Which key to make; `rsaBits` and `ecdsaCurve` matter to their own algorithm only. */
export interface KeyRequest {
  readonly algorithm: Algorithm;
  readonly rsaBits: number;
  readonly ecdsaCurve: Curve;
}

/** One key in every form that the official provider gives. */
export interface EncodedKey extends OpensshForms {
  /** SHA-1 of the public key, as the official provider names its keys. */
  readonly id: string;
  readonly privateKeyPem: string;
  readonly privateKeyPemPkcs8: string;
  readonly publicKeyPem: string;
}

interface OpensshForms {
  readonly privateKeyOpenssh: string;
  readonly publicKeyOpenssh: string;
  readonly publicKeyFingerprintMd5: string;
  readonly publicKeyFingerprintSha256: string;
}

/** OpenSSH knows no P224; the official provider leaves these outputs empty then. */
const NO_OPENSSH_FORMS: OpensshForms = {
  privateKeyOpenssh: "",
  publicKeyOpenssh: "",
  publicKeyFingerprintMd5: "",
  publicKeyFingerprintSha256: "",
};

const generate = promisify(generateKeyPair);

/** Makes a new key, off the event loop: a large RSA key takes seconds. */
export async function generateKey(request: KeyRequest): Promise<EncodedKey> {
  switch (request.algorithm) {
    case "ED25519":
      return encodeKey((await generate("ed25519")).privateKey);
    case "RSA":
      return encodeKey((await generate("rsa", { modulusLength: request.rsaBits })).privateKey);
    case "ECDSA":
      return encodeKey((await generate("ec", { namedCurve: CURVES[request.ecdsaCurve] })).privateKey);
  }
}

/** Writes a private key and its public half in every form. */
export function encodeKey(key: KeyObject): EncodedKey {
  const pkcs8 = key.export({ type: "pkcs8", format: "pem" }).toString();
  const publicKey = createPublicKey(key);
  const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  return {
    id: createHash("sha1")
      .update(publicKey.export({ type: "spki", format: "der" }))
      .digest("hex"),
    privateKeyPem: traditionalPem(key) ?? pkcs8,
    privateKeyPemPkcs8: pkcs8,
    publicKeyPem: publicPem,
    ...(key.asymmetricKeyDetails?.namedCurve === CURVES.P224 ? NO_OPENSSH_FORMS : opensshForms(pkcs8, publicPem)),
  };
}

/** RSA and elliptic curve keys have older PEM forms of their own (PKCS#1, SEC 1); Ed25519 has none. */
function traditionalPem(key: KeyObject): string | undefined {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return key.export({ type: "pkcs1", format: "pem" }).toString();
    case "ec":
      return key.export({ type: "sec1", format: "pem" }).toString();
    default:
      return undefined;
  }
}

function opensshForms(pkcs8: string, publicPem: string): OpensshForms {
  const privateKey = parsePrivateKey(pkcs8, "pkcs8");
  const publicKey = parseKey(publicPem, "pem");
  // sshpk writes "(unnamed)" otherwise; the official provider writes no comment.
  privateKey.comment = "";
  publicKey.comment = "";
  return {
    privateKeyOpenssh: privateKey.toString("ssh-private"),
    publicKeyOpenssh: `${publicKey.toString("ssh")}\n`,
    publicKeyFingerprintMd5: publicKey.fingerprint("md5").toString(),
    publicKeyFingerprintSha256: publicKey.fingerprint("sha256").toString(),
  };
}
