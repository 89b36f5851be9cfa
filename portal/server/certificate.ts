import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { LabError } from "../../core/errors";

const DAY = 24 * 3600 * 1000;
/** Longer than a class; browsers refuse certificates that are valid for years. */
const VALID_DAYS = 90;
/** A certificate with less time left is replaced at the start, not during a class. */
const LEAST_DAYS = 7;

/** The portal's TLS certificate. */
export interface Certificate {
  readonly certificate: string;
  readonly privateKey: string;
  /** SHA-256, as browsers show it: `AB:CD:...`. */
  readonly fingerprint: string;
  /** Browsers warn of a generated one, which can be verified only by its fingerprint. */
  readonly trust: "generated" | "given";
}

/** Files of the operator's certificate. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Reads a certificate and its key. Throws a LabError with exit code 2 if they do not match or have expired. */
export function readCertificate(files: CertificateFiles, now = new Date()): Certificate {
  const certificate = readPem("--cert", files.certificate);
  const privateKey = readPem("--key", files.key);
  const parsed = parse("--cert", files.certificate, "certificate", () => new X509Certificate(certificate));
  const key = parse("--key", files.key, "private key without a passphrase", () => createPrivateKey(privateKey));
  if (!parsed.checkPrivateKey(key)) {
    throw refused(`The private key in ${files.key} does not match the certificate in ${files.certificate}.`);
  }
  if (new Date(parsed.validTo) <= now) {
    throw refused(`The certificate in ${files.certificate} expired at ${parsed.validTo}.`);
  }
  return { certificate, privateKey, fingerprint: parsed.fingerprint256, trust: "given" };
}

/** The generated certificate for a host name or address, saved so that the fingerprint on cards stays valid. */
export async function ownCertificate(directory: string, host: string, now = new Date()): Promise<Certificate> {
  const file = join(directory, "certificate.pem");
  const saved = readSaved(file, host, now);
  if (saved !== undefined) {
    return saved;
  }
  // Loaded only here: it takes 8 MB.
  const { generate } = await import("selfsigned");
  const { cert, private: privateKey } = await generate([{ name: "commonName", value: host }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(now.getTime() - DAY),
    notAfterDate: new Date(now.getTime() + VALID_DAYS * DAY),
    extensions: [{ name: "subjectAltName", altNames: [alternativeName(host), alternativeName("localhost")] }],
  });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, cert.trim().concat("\n", privateKey.trim(), "\n"), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  const { fingerprint256: fingerprint } = new X509Certificate(cert);
  return { certificate: cert, privateKey, fingerprint, trust: "generated" };
}

/** Whether a certificate is valid for a host name or address. */
export function isFor(certificate: string, host: string): boolean {
  const parsed = new X509Certificate(certificate);
  return (isIP(host) === 0 ? parsed.checkHost(host) : parsed.checkIP(host)) !== undefined;
}

/** The saved certificate; undefined if there is none, it is damaged, of another host, or expires soon. */
function readSaved(file: string, host: string, now: Date): Certificate | undefined {
  try {
    const certificate = readFileSync(file, "utf8");
    const privateKey = certificate.slice(certificate.indexOf("-----BEGIN PRIVATE"));
    const parsed = new X509Certificate(certificate);
    const lasts = new Date(parsed.validTo).getTime() - now.getTime() > LEAST_DAYS * DAY;
    return lasts && isFor(certificate, host) && parsed.checkPrivateKey(createPrivateKey(privateKey))
      ? { certificate, privateKey, fingerprint: parsed.fingerprint256, trust: "generated" }
      : undefined;
  } catch {
    return undefined;
  }
}

function alternativeName(host: string) {
  return isIP(host) === 0 ? ({ type: 2, value: host } as const) : ({ type: 7, ip: host } as const);
}

function readPem(option: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw refused(`${option}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}).`, error);
  }
}

function parse<Parsed>(option: string, file: string, what: string, read: () => Parsed): Parsed {
  try {
    return read();
  } catch (error) {
    throw refused(`${option}: ${file} is not a ${what} in PEM format.`, error);
  }
}

function refused(message: string, cause?: unknown): LabError {
  return new LabError(message, {
    exitCode: 2,
    hint: "Set --cert and --key to the files of one certificate, or omit both for a self-signed one.",
    ...(cause === undefined ? {} : { cause }),
  });
}
