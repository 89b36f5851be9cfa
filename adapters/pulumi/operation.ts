import { LabError } from "../../core/errors";
import { explainFailure } from "./explain";
import type { PulumiResult } from "./run";
import { stackFlag } from "./stack-flag";

/** The long operations of pulumi that `lab` runs. */
export type Operation = "up" | "preview" | "destroy";

/** `refresh` asks every resource what it is, before comparing. */
export type Refresh = "refresh" | "trust-state";

interface OperationSpec {
  readonly arguments: readonly string[];
  /** What to say of one that failed. */
  readonly failure: string;
  /** What to run after one that did not come to its end. */
  nextSteps(flag: string): string;
}

const OPERATIONS: Readonly<Record<Operation, OperationSpec>> = {
  up: {
    // Seats do not wait for each other's success: one bad one is repaired by the next `up`.
    arguments: ["up", "--yes", "--skip-preview", "--continue-on-error"],
    failure: "The lab is not ready; what failed is shown above.",
    nextSteps: (flag) =>
      `Finished resources stay. Run ./lab up${flag} to continue, or ./lab down${flag} to remove the lab.\n` +
      `For a node that stays broken, run ./lab logs${flag}, then ./lab up${flag} --replace SEAT to recreate it.`,
  },
  preview: {
    arguments: ["preview"],
    failure: "The preview failed; why is shown above.",
    nextSteps: () => "Nothing was changed.",
  },
  destroy: {
    arguments: ["destroy", "--yes", "--skip-preview", "--continue-on-error"],
    failure: "Some resources were not removed; what failed is shown above.",
    nextSteps: (flag) => `Run ./lab down${flag} again to remove the rest.`,
  },
};

/** Arguments of a pulumi operation on a stack. */
export function operationArguments(operation: Operation, stack: string, refresh: Refresh): string[] {
  return [...OPERATIONS[operation].arguments, "--stack", stack, ...(refresh === "refresh" ? ["--refresh"] : [])];
}

/** What to run after an operation that did not come to its end. */
export function nextSteps(operation: Operation, stack: string): string {
  return OPERATIONS[operation].nextSteps(stackFlag(stack));
}

/** The error that ends a failed operation. What failed was shown by the board already, unless pulumi ended without an event. */
export function failedOperation(
  operation: Operation,
  { failures }: { readonly failures: readonly unknown[] },
  result: PulumiResult,
  stack: string,
): LabError {
  const hint = nextSteps(operation, stack);
  if (failures.length > 0) {
    return new LabError(OPERATIONS[operation].failure, { hint });
  }
  const explained = explainFailure(result.stderr || result.stdout, stack);
  return new LabError(explained.message, { hint: explained.hint ?? hint });
}

/** The error for an `up` of which more failed than seats. */
export function failedAsAWhole(stack: string): LabError {
  return new LabError(OPERATIONS.up.failure, { hint: nextSteps("up", stack) });
}
