import { z } from "zod";
import type { Change } from "../protocol";

/** Schema of a change requested on the wall. */
export const changeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("reset"), seat: z.string(), home: z.enum(["keep", "discard"]) }),
  z.object({ kind: z.literal("spare"), seat: z.string() }),
  z.object({ kind: z.literal("extend"), by: z.enum(["30m", "1h", "2h"]) }),
]) satisfies z.ZodType<Change>;

/** Arguments of the `lab` command that makes a change. */
export function commandOf(change: Change): string[] {
  switch (change.kind) {
    case "reset":
      return ["reset", change.seat, "--yes", ...(change.home === "discard" ? ["--discard"] : [])];
    case "spare":
      return ["spare", change.seat];
    case "extend":
      return ["extend", "--by", change.by];
  }
}

/** The seat that a change is about; undefined for one of the whole class. */
export function seatOf(change: Change): string | undefined {
  return change.kind === "extend" ? undefined : change.seat;
}

/** Notice for the student when a change of their seat starts; undefined if it does not affect them. */
export function messageForStudent(change: Change): string | undefined {
  switch (change.kind) {
    case "reset":
      return `Your instructor is replacing your machine. ${homeText(change.home)} Anything you do on the old machine from now on is lost. This page connects to the new machine automatically.`;
    case "spare":
      return "Your instructor is moving you to another machine. This page connects to it automatically.";
    case "extend":
      return undefined;
  }
}

function homeText(home: "keep" | "discard"): string {
  return home === "keep"
    ? "Your home folder is saved as an archive; everything else on the machine is deleted."
    : "Everything on it is deleted, including your home folder.";
}
