import { crc32, gzipSync } from "node:zlib";

/** One file of a multi-part cloud-init configuration. */
export interface Part {
  readonly content: string;
  /** MIME type. */
  readonly contentType: string;
  /** No file name is given when empty. */
  readonly filename: string;
  /** `X-Merge-Type` header; none when empty. */
  readonly mergeType: string;
}

/** What to render, with every default filled in. */
export interface Configuration {
  readonly gzip: boolean;
  readonly base64Encode: boolean;
  readonly boundary: string;
  readonly parts: readonly Part[];
}

/** Where in a gzip header the operating system stands; 255 is "unknown". */
const GZIP_SYSTEM_BYTE = 9;

/** The MIME document, byte for byte as the official provider writes it, one odd line end included. */
export function mimeDocument({ boundary, parts }: Pick<Configuration, "boundary" | "parts">): string {
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\r\n\r\n`;
  const bodies = parts.map((part, index) => `${index === 0 ? "" : "\r\n"}--${boundary}\r\n${partText(part)}`);
  return `${head}${bodies.join("")}\r\n--${boundary}--\r\n`;
}

/** The document as user data: compressed and encoded as asked. The same input gives the same text on every machine. */
export function render(configuration: Configuration): string {
  const plain = Buffer.from(mimeDocument(configuration), "utf8");
  const document = configuration.gzip ? gzipWithoutTraces(plain) : plain;
  return document.toString(configuration.base64Encode ? "base64" : "utf8");
}

/** Identifier of a rendered configuration: its CRC-32, as the official provider has it. */
export function renderedId(rendered: string): string {
  return String(crc32(rendered));
}

function partText({ content, contentType, filename, mergeType }: Part): string {
  // In alphabetical order, and spelt so, since Go's MIME writer sorts and normalises header names.
  const headers = [
    filename === "" ? undefined : `Content-Disposition: attachment; filename="${filename}"`,
    "Content-Transfer-Encoding: 7bit",
    `Content-Type: ${contentType}`,
    "Mime-Version: 1.0",
    mergeType === "" ? undefined : `X-Merge-Type: ${mergeType}`,
  ];
  return `${headers.filter((header) => header !== undefined).join("\r\n")}\r\n\r\n${content}`;
}

/** zlib writes no time, but the operating system: a class made on two machines would differ. */
function gzipWithoutTraces(plain: Buffer): Buffer {
  const compressed = gzipSync(plain);
  compressed[GZIP_SYSTEM_BYTE] = 255;
  return compressed;
}
