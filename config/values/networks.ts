/** An IPv4 network in CIDR notation, such as 203.0.113.0/24. */
export interface Network {
  /** Bits that all its addresses share, from 0 to 32. */
  readonly prefix: number;
  /** Canonical form, without host bits. */
  readonly text: string;
}

const CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

/** Parses a network; undefined if it is invalid. The result's text has no host bits. */
export function parseNetwork(text: string): Network | undefined {
  const numbers = CIDR.exec(text)?.slice(1).map(Number) ?? [];
  const [first = 256, second = 256, third = 256, fourth = 256, prefix = 33] = numbers;
  const octets = [first, second, third, fourth];
  if (octets.some((octet) => octet > 255) || prefix > 32) {
    return undefined;
  }
  const masked = octets.map((octet, index) => octet & maskOctet(prefix - index * 8));
  return { prefix, text: `${masked.join(".")}/${prefix}` };
}

/** The mask of one octet for its first `bits` bits. */
function maskOctet(bits: number): number {
  return (0xff << (8 - Math.min(8, Math.max(0, bits)))) & 0xff;
}
