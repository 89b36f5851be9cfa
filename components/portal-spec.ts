import { PORTAL_INDEX } from "../config/checks/portal";
import { type Expiry, expiryOf } from "../config/expiry";
import { extensionOf } from "../config/extension";
import type { LabConfig } from "../config/schema";
import type { ServicePort } from "./machines/machine";

/** Name of the portal's machine, its place in the class, and what is handed out by that: it comes after the greatest possible spare. */
export const PORTAL_PLACE = {
  place: "portal",
  node: "portal",
  index: PORTAL_INDEX,
} as const;

/** Port that the portal listens on where the target leads another one there. */
const PORTAL_PORT = 8443;

/** What a class's settings ask of the machine of its portal. */
export interface PortalSpec {
  /** Ports of the portal: on its machine, and for users. */
  readonly service: ServicePort;
  /** When it ends by itself. Undefined: never. */
  readonly expiry: Expiry | undefined;
  /** The extended end, sent to the running machine: ISO 8601, UTC. Undefined: none. */
  readonly extension: string | undefined;
}

/** Undefined where the portal is no part of the class. At AWS its machine ends as the others do: it would cost money for ever. */
export function portalSpec(
  config: Pick<LabConfig, "portal" | "portalPort" | "target" | "expires" | "extended">,
  now: Date,
): PortalSpec | undefined {
  const service = { port: portalListensOn(config), publishedAs: config.portalPort };
  const endless = { service, expiry: undefined, extension: undefined };
  const ending = { service, expiry: expiryOf(config), extension: extensionOf(config, now) };
  return config.portal === "operator" ? undefined : { local: endless, aws: ending }[config.target];
}

/** The port that the portal listens on, on its machine. An instance has an address of its own, and no port leads to another there. */
export function portalListensOn({ target, portalPort }: Pick<LabConfig, "target" | "portalPort">): number {
  return target === "aws" ? portalPort : PORTAL_PORT;
}
