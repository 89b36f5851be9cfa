import { gunzipSync } from "node:zlib";

/** EC2's limit, before base64. moto has none. */
const LIMIT = 16_384;

const GZIP = Buffer.from([0x1f, 0x8b]);

/** What is wrong with user data in base64, in EC2's words; nothing when it will do. */
export function userDataFault(base64: string): string | undefined {
  // Node.js skips what is no base64, EC2 refuses it.
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(base64)) {
    return "InvalidParameterValue: Invalid BASE64 encoding of user data.";
  }
  const bytes = Buffer.from(base64, "base64").length;
  return bytes > LIMIT ? `InvalidParameterValue: User data is limited to ${LIMIT} bytes; it has ${bytes}` : undefined;
}

/** User data as the API gave it back, ready for cloud-init: decoded, and decompressed as cloud-init does it. */
export function decodeUserData(base64: string): Buffer {
  const data = Buffer.from(base64, "base64");
  return data.subarray(0, GZIP.length).equals(GZIP) ? gunzipSync(data) : data;
}
