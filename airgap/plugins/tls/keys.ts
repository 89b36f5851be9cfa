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

/** One key in every form that the official provider gives. `id` is the SHA-1 of the public key, as there. */
export type EncodedKey = Readonly<ReturnType<typeof encodeKey>>;

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
export function encodeKey(key: KeyObject) {
  const publicKey = createPublicKey(key);
  const publicDer = publicKey.export({ type: "spki", format: "der" });
  const publicKeyPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const privateKeyPemPkcs8 = key.export({ type: "pkcs8", format: "pem" }).toString();
  return {
    id: createHash("sha1").update(publicDer).digest("hex"),
    privateKeyPem: traditionalPem(key) ?? privateKeyPemPkcs8,
    privateKeyPemPkcs8,
    publicKeyPem,
    ...(key.asymmetricKeyDetails?.namedCurve === CURVES.P224
      ? NO_OPENSSH_FORMS
      : opensshForms(privateKeyPemPkcs8, publicKeyPem)),
  };
}

/** OpenSSH has no P224; the official provider leaves these outputs empty then. */
const NO_OPENSSH_FORMS: ReturnType<typeof opensshForms> = {
  privateKeyOpenssh: "",
  publicKeyOpenssh: "",
  publicKeyFingerprintMd5: "",
  publicKeyFingerprintSha256: "",
};

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

function opensshForms(pkcs8: string, publicPem: string) {
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
