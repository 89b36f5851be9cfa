import { isIPv6 } from "node:net";

const GROUPS = 8;
/** Groups of an IPv6 address that identify a network; its owner can choose the others. */
const NETWORK_GROUPS = 4;

/**
 * The network of an address, for limits: an IPv4 address itself, or the /64 of an IPv6 address. IPv4-mapped addresses
 * (`::ffff:192.0.2.1`) count as IPv4.
 */
export function clientNetwork(address: string): string {
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) {
    return bare;
  }
  const groups = groupsOf(bare);
  const [high = 0, low = 0] = groups.slice(-2);
  return groups.slice(0, -2).join() === "0,0,0,0,0,65535"
    ? [high >> 8, high & 255, low >> 8, low & 255].join(".")
    : `${groups
        .slice(0, NETWORK_GROUPS)
        .map((group) => group.toString(16))
        .join(":")}::/64`;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): readonly number[] {
  // A URL has it in its canonical form, without dotted parts.
  const [before = [], after = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split("::")
    .map((part) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16))));
  return [...before, ...new Array<number>(GROUPS - before.length - after.length).fill(0), ...after];
}
