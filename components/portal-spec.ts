import { type Expiry, expiryOf, extensionOf } from "../config/expiry";
import { PORTAL_INDEX } from "../config/limits";
import type { LabConfig } from "../config/schema";
import type { ServicePort } from "./machines/machine";

/** Name, slot and index of the portal's machine; the index comes after the last possible spare. */
export const PORTAL_SLOT = {
  slot: "portal",
  node: "portal",
  index: PORTAL_INDEX,
} as const;

/** Port that the portal listens on if the target publishes another one. */
const PORTAL_PORT = 8443;

/** Settings of the portal's machine. */
export interface PortalSpec {
  /** Ports of the portal: on its machine, and for users. */
  readonly service: ServicePort;
  /** When it ends by itself. Undefined: never. */
  readonly expiry: Expiry | undefined;
  /** The extended end, sent to the running machine: ISO 8601, UTC. Undefined: none. */
  readonly extension: string | undefined;
}

/** Undefined if the class has no machine for the portal. At AWS it ends with the others, because it costs money. */
export function portalSpec(
  config: Pick<LabConfig, "portal" | "portalPort" | "target" | "expires" | "extended">,
  now: Date,
): PortalSpec | undefined {
  const service = { port: portalListensOn(config), publishedAs: config.portalPort };
  const endless = { service, expiry: undefined, extension: undefined };
  const ending = { service, expiry: expiryOf(config), extension: extensionOf(config, now) };
  return config.portal === "operator" ? undefined : { local: endless, aws: ending }[config.target];
}

/** The port that the portal listens on, on its machine. An instance has its own address, so ports are not mapped. */
export function portalListensOn({ target, portalPort }: Pick<LabConfig, "target" | "portalPort">): number {
  return target === "aws" ? portalPort : PORTAL_PORT;
}
