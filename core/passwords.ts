import { hkdfSync } from "node:crypto";

/** Letters and digits that look like no other in print: without 0 and o, 1 and l. A power of two, so that all are as likely. */
export const READABLE_SYMBOLS = "abcdefghijkmnpqrstuvwxyz23456789";
const BITS = 5;

const GROUPS = 3;
const GROUP_LENGTH = 4;

/** Another one gives other passwords, and so does anything else below: a running class would get them at its next `up`. */
const PURPOSE = "lab-nodes: password of the user student, version 1";

/**
 * A password that belongs to a private key, e.g. `k3fw-9tqa-hm2x`: 60 bits, the same each time, and of no use to find the
 * key with.
 */
export function derivePassword(privateKeyPem: string): string {
  const symbols = Buffer.from(hkdfSync("sha256", privateKeyPem.trim(), "", PURPOSE, GROUPS * GROUP_LENGTH));
  // Five of each byte's bits.
  const text = [...symbols].map((byte) => READABLE_SYMBOLS[byte & (2 ** BITS - 1)]).join("");
  return Array.from({ length: GROUPS }, (_, group) =>
    text.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH),
  ).join("-");
}
