import { PORTAL_INDEX } from "../config/portal-checks";

/** Name of the portal's machine, its place in the class, and what is handed out by that: it comes after the greatest possible spare. */
export const PORTAL_PLACE = {
  place: "portal",
  node: "portal",
  index: PORTAL_INDEX,
} as const;

/** Port that the portal listens on, on its machine. */
export const PORTAL_PORT = 8443;
