import { LabError } from "../../core/errors";
import { explainFailure } from "./explain";
import type { PulumiResult } from "./run";

/** The long operations of pulumi that `lab` runs. */
export type Operation = "up" | "preview" | "destroy";

/** `refresh` asks every resource what it is, before comparing. */
export type Refresh = "refresh" | "trust-state";

const COMMANDS: Readonly<Record<Operation, readonly string[]>> = {
  // Seats do not wait for each other's success: one bad one is repaired by the next `up`.
  up: ["up", "--yes", "--skip-preview", "--continue-on-error"],
  preview: ["preview"],
  destroy: ["destroy", "--yes", "--skip-preview", "--continue-on-error"],
};

/** Arguments of a pulumi operation on a stack. */
export function operationArguments(operation: Operation, stack: string, refresh: Refresh): string[] {
  return [...COMMANDS[operation], "--stack", stack, ...(refresh === "refresh" ? ["--refresh"] : [])];
}

const NEXT_STEPS: Readonly<Record<Operation, (stack: string) => string>> = {
  up: (stack) =>
    [
      `What is done is kept. Go on with ./lab up${stackFlag(stack)}, give up with ./lab down${stackFlag(stack)}.`,
      `A node that stays broken: look at ./lab logs${stackFlag(stack)}, then ./lab up${stackFlag(stack)} --replace SEAT recreates it.`,
    ].join("\n"),
  preview: () => "Nothing was changed.",
  destroy: (stack) => `What is gone is gone. Go on: ./lab down${stackFlag(stack)}`,
};

/** What to type after an operation that did not come to its end. */
export function nextSteps(operation: Operation, stack: string): string {
  return NEXT_STEPS[operation](stack);
}

/** The error that ends a failed operation. What failed was shown by the board already, unless pulumi died without a word to it. */
export function failedOperation(
  operation: Operation,
  { failures }: { readonly failures: readonly unknown[] },
  result: PulumiResult,
  stack: string,
): LabError {
  const hint = nextSteps(operation, stack);
  if (failures.length === 0) {
    const explained = explainFailure(result.stderr || result.stdout, stack);
    return new LabError(explained.message, { hint: explained.hint ?? hint });
  }
  return new LabError(FAILURES[operation], { hint });
}

/** The error for an `up` of which more failed than seats. */
export function failedAsAWhole(stack: string): LabError {
  return new LabError(FAILURES.up, { hint: NEXT_STEPS.up(stack) });
}

const FAILURES: Readonly<Record<Operation, string>> = {
  up: "The lab is not ready; what failed is shown above.",
  preview: "The preview failed; why is shown above.",
  destroy: "The lab is not wholly down; what failed is shown above.",
};

/** `--stack NAME` where it has to be said. */
export function stackFlag(stack: string): string {
  return stack === DEFAULT_STACK ? "" : ` --stack ${stack}`;
}

/** Name of the stack when none is given. */
export const DEFAULT_STACK = "dev";
