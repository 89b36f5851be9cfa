import { stackFlag } from "../../../adapters/pulumi/operation";
import type { ClassAudit } from "./audit-class";
import { type KeptImage, listLeftovers, removalHint } from "./leftovers";

/** What an audit of a class came to, for people. */
export interface AuditedClass extends ClassAudit {
  /** How many resources its state has. Undefined: this folder has no such lab, only others may have. */
  readonly known: number | undefined;
}

/** One class: that nothing is left of it, or what is and how it goes. */
export function renderAudit({ stack, known, leftovers, proof, unproven }: AuditedClass): string {
  const lines = [];
  if (leftovers.length > 0) {
    lines.push(
      known === undefined
        ? `This folder has no lab "${stack}". Of one of that name, which may be another folder's and at work, there is:`
        : `Of the lab "${stack}" there is, and Pulumi's state does not have it:`,
    );
    lines.push(listLeftovers(leftovers), removalHint(leftovers));
  } else if (known === undefined) {
    lines.push(`There is no lab "${stack}" in this folder, and nothing of one of that name.`);
  } else if (known === 0) {
    lines.push(`The lab "${stack}" is down: ${proof}.`);
  } else {
    const down = `./lab down${stackFlag(stack)} takes it away`;
    lines.push(`The lab "${stack}" is there, and all that there is of it is in Pulumi's state: ${down}.`);
  }
  return `${[...lines, ...(unproven === undefined ? [] : [unproven])].join("\n")}\n`;
}

/** Images that stay, with the command that removes each. */
export function renderKept(kept: readonly KeptImage[]): string {
  const lines = kept.map(({ remove, bytes }) => `    ${remove}  # ${gigabytes(bytes)}`);
  return kept.length === 0
    ? ""
    : `Kept for the next lab, and nobody's own: ${describeKept(kept)}.\n${lines.join("\n")}\n`;
}

/** How many images stay, and what they take. Layers that several share are counted for each. */
export function describeKept(kept: readonly KeptImage[]): string {
  const bytes = kept.reduce((sum, image) => sum + image.bytes, 0);
  return `${kept.length} ${kept.length === 1 ? "image" : "images"} that labs start from, ${gigabytes(bytes)} at most`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
