import type { NodeAddress } from "../../adapters/ssh/node-shell";
import type { ClassFacts } from "../server/class-facts";
import type { PortalSettings } from "./settings";

/** The seats as the portal was told of them; `lab portal` tells it anew. */
export function seatsIn({ seats, facts }: Pick<PortalSettings, "seats" | "facts">) {
  const find = (seat: string) => seats.find((known) => known.seat === seat);
  const { end, versions } = facts;
  return {
    names: (): readonly string[] => seats.map(({ seat }) => seat),
    hostname: (seat: string): string => find(seat)?.hostname ?? "node1",
    // Spares are given where `lab` is.
    facts: (): ClassFacts => ({ end, versions, spares: 0 }),
    address: (seat: string): NodeAddress | undefined => find(seat)?.address ?? undefined,
    look: async (): Promise<void> => {},
  };
}
