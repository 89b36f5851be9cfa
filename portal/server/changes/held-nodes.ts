import { LabError } from "../../../core/errors";
import type { SeatNode, SeatNodes } from "../seat-nodes";
import type { ClassChanges } from "./class-changes";

/** Nodes as browsers get them: while a machine is recreated, who is not connected waits for the new one to be ready. */
export function heldNodes(nodes: Pick<SeatNodes, "node" | "isConnected">, changes: Pick<ClassChanges, "isMakingAnew">) {
  return {
    node: async (seat: string): Promise<SeatNode> => {
      if (changes.isMakingAnew(seat) && !nodes.isConnected(seat)) {
        throw new LabError("your instructor is replacing it, which takes a minute or two.");
      }
      return nodes.node(seat);
    },
  };
}
