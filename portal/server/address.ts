import { hostname, networkInterfaces } from "node:os";

/** Default host for the portal's address: this machine's first external IPv4 address, else its host name. */
export function ownHost(interfaces = networkInterfaces()): string {
  const addresses = Object.values(interfaces).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === "IPv4" && !internal)?.address ?? hostname();
}

/** URL of the portal. */
export function portalUrl(host: string, port: number): string {
  const name = host.includes(":") ? `[${host}]` : host;
  return `https://${name}${port === 443 ? "" : `:${port}`}`;
}

/** URL in a card's QR code, with the code in the fragment, which browsers do not send to a server. */
export function claimUrl(url: string, code: string): string {
  return `${url}/#${code}`;
}
