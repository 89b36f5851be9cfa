import { z } from "zod";
import type { Change } from "../../protocol";

/** Reads what the wall asks for. */
export const changeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("reset"), seat: z.string(), home: z.enum(["keep", "discard"]) }),
  z.object({ kind: z.literal("spare"), seat: z.string() }),
  z.object({ kind: z.literal("extend"), by: z.enum(["30m", "1h", "2h"]) }),
]) satisfies z.ZodType<Change>;

/** The words of the `lab` command that makes a change, as the instructor would type them. */
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

/** What the student is told when a change of their seat begins; undefined where nothing changes for them. */
export function wordsForStudent(change: Change): string | undefined {
  switch (change.kind) {
    case "reset":
      return `Your instructor replaces your machine. ${homeWords(change.home)} What you type on the old one from now on is lost. This page connects to the new one by itself.`;
    case "spare":
      return "Your instructor moves you to another machine. This page connects to it by itself.";
    case "extend":
      return undefined;
  }
}

function homeWords(home: "keep" | "discard"): string {
  return home === "keep"
    ? "An archive of your home folder is kept for you; all else on it goes."
    : "All that is on it goes, your home folder too.";
}
