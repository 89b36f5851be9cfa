import { LabError } from "../../../core/errors";
import type { SeatNode, SeatNodes } from "../seat-nodes";
import type { ClassChanges } from "./class-changes";

/** Nodes for browsers: while a machine is being replaced, new connections wait for the new one. */
export function heldNodes(nodes: Pick<SeatNodes, "node" | "isConnected">, changes: Pick<ClassChanges, "isReplacing">) {
  return {
    node: async (seat: string): Promise<SeatNode> => {
      if (changes.isReplacing(seat) && !nodes.isConnected(seat)) {
        throw new LabError("your instructor is replacing it, which takes a minute or two.");
      }
      return nodes.node(seat);
    },
  };
}
