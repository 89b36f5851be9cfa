import { hostname, networkInterfaces } from "node:os";

/** What students type to reach this machine, where nobody says it: its first address in a network, else its name. */
export function ownHost(interfaces = networkInterfaces()): string {
  const addresses = Object.values(interfaces).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? hostname();
}

/** The portal's address as it is typed. */
export function portalUrl(host: string, port: number): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return `https://${name}${port === 443 ? "" : `:${port}`}`;
}

/** The address that a card's QR code opens: with the code behind the `#`, which no browser sends to a server. */
export function claimUrl(url: string, code: string): string {
  return `${url}/#${code}`;
}
