import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import type { ClassAudit } from "./audit-class";
import { type KeptImage, listLeftovers, removalHint } from "./leftovers";

/** The audit of a class, with the size of its state. */
export interface AuditedClass extends ClassAudit {
  /** Number of resources in its state. Undefined: this folder has no such lab. */
  readonly known: number | undefined;
}

/** One class: that nothing is left of it, or its leftovers and the commands that remove them. */
export function renderAudit({ stack, known, leftovers, proof, unproven }: AuditedClass): string {
  const lines = [];
  if (leftovers.length > 0) {
    lines.push(
      known === undefined
        ? `This folder has no lab "${stack}". These resources have its name, and may belong to a running lab of another folder:`
        : `These resources of the lab "${stack}" are missing from Pulumi's state:`,
      listLeftovers(leftovers),
      removalHint(leftovers),
    );
  } else if (known === undefined) {
    lines.push(`There is no lab "${stack}" in this folder, and no resource has its name.`);
  } else if (known === 0) {
    lines.push(`The lab "${stack}" is down: ${proof}.`);
  } else {
    const down = `Run ./lab down${stackFlag(stack)} to remove them.`;
    lines.push(`The lab "${stack}" exists, and all its resources are in Pulumi's state. ${down}`);
  }
  return `${[...lines, ...(unproven === undefined ? [] : [unproven])].join("\n")}\n`;
}

/** Images that stay, with the command that removes each. */
export function renderKept(kept: readonly KeptImage[]): string {
  const lines = kept.map(({ remove, bytes }) => `    ${remove}  # ${gigabytes(bytes)}`);
  return kept.length === 0
    ? ""
    : `Saved for the next lab, and part of no lab: ${describeKept(kept)}.\n${lines.join("\n")}\n`;
}

/** Number and size of the images that stay. Layers that several share are counted for each. */
export function describeKept(kept: readonly KeptImage[]): string {
  const bytes = kept.reduce((sum, image) => sum + image.bytes, 0);
  return `${kept.length} ${kept.length === 1 ? "image" : "images"} that labs start from, ${gigabytes(bytes)} at most`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
