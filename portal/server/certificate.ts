import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { generate } from "selfsigned";
import { LabError } from "../../core/errors";

const DAY = 24 * 3600 * 1000;
/** A class is over long before; browsers refuse certificates that last for years. */
const VALID_DAYS = 90;
/** One that ends sooner is recreated at the start, not in the middle of a class. */
const LEAST_DAYS = 7;

/** What a browser is shown. */
export interface Certificate {
  readonly certificate: string;
  readonly privateKey: string;
  /** SHA-256, as browsers show it: `AB:CD:...`. */
  readonly fingerprint: string;
  /** Whether browsers warn of it: one of our own is known by its fingerprint alone. */
  readonly trust: "generated" | "given";
}

/** Files of a certificate that the operator has. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Reads a certificate and its key. Throws, exit code 2, for what does not fit together or is over. */
export function readCertificate(files: CertificateFiles, now = new Date()): Certificate {
  const certificate = readPem("--cert", files.certificate);
  const privateKey = readPem("--key", files.key);
  const parsed = parse("--cert", files.certificate, "certificate", () => new X509Certificate(certificate));
  const key = parse("--key", files.key, "private key without a passphrase", () => createPrivateKey(privateKey));
  if (!parsed.checkPrivateKey(key)) {
    throw refused(`The key in ${files.key} is not that of the certificate in ${files.certificate}.`);
  }
  if (new Date(parsed.validTo) <= now) {
    throw refused(`The certificate in ${files.certificate} was valid until ${parsed.validTo}.`);
  }
  return { certificate, privateKey, fingerprint: parsed.fingerprint256, trust: "given" };
}

/** The generated certificate of a portal for a host name or address: kept, so that its fingerprint on the cards stays right. */
export async function ownCertificate(directory: string, host: string, now = new Date()): Promise<Certificate> {
  const file = join(directory, "certificate.pem");
  const kept = readKept(file);
  if (kept !== undefined && isGoodFor(kept.certificate, host, now)) {
    return described(kept.certificate, kept.privateKey);
  }
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
  return described(cert, privateKey);
}

/** Whether a browser that asks for this host takes the certificate to be its own. */
export function isFor(certificate: string, host: string): boolean {
  const parsed = new X509Certificate(certificate);
  return (isIP(host) === 0 ? parsed.checkHost(host) : parsed.checkIP(host)) !== undefined;
}

function isGoodFor(certificate: string, host: string, now: Date): boolean {
  const { validTo } = new X509Certificate(certificate);
  return isFor(certificate, host) && new Date(validTo).getTime() - now.getTime() > LEAST_DAYS * DAY;
}

function described(certificate: string, privateKey: string): Certificate {
  const { fingerprint256: fingerprint } = new X509Certificate(certificate);
  return { certificate, privateKey, fingerprint, trust: "generated" };
}

/** What was kept; undefined where there is nothing, or something damaged. */
function readKept(file: string): { certificate: string; privateKey: string } | undefined {
  try {
    const text = readFileSync(file, "utf8");
    return new X509Certificate(text).checkPrivateKey(createPrivateKey(text.slice(text.indexOf("-----BEGIN PRIVATE"))))
      ? { certificate: text, privateKey: text.slice(text.indexOf("-----BEGIN PRIVATE")) }
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
    throw refused(`${option}: ${file} has to be a ${what} in PEM format, and is not.`, error);
  }
}

function refused(message: string, cause?: unknown): LabError {
  return new LabError(message, {
    exitCode: 2,
    hint: "Give both files of one certificate, or neither: then the portal makes one of its own.",
    ...(cause === undefined ? {} : { cause }),
  });
}
