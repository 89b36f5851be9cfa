import type { NodeAddress } from "../../adapters/ssh/node-shell";
import type { ClassFacts } from "../server/class-facts";
import type { PortalSettings } from "./settings";

/** The seats in the portal's settings, which `lab portal` updates. */
export function seatsIn({ seats, facts }: Pick<PortalSettings, "seats" | "facts">) {
  const find = (seat: string) => seats.find((known) => known.seat === seat);
  const { end, versions } = facts;
  return {
    names: (): readonly string[] => seats.map(({ seat }) => seat),
    hostname: (seat: string): string => find(seat)?.hostname ?? "node1",
    // Only `lab` moves seats to spares.
    facts: (): ClassFacts => ({ end, versions, spares: 0 }),
    address: (seat: string): NodeAddress | undefined => find(seat)?.address ?? undefined,
    look: async (): Promise<void> => {},
  };
}
