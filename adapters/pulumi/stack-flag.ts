/** `--stack NAME` where it has to be said. */
export function stackFlag(stack: string): string {
  return stack === DEFAULT_STACK ? "" : ` --stack ${stack}`;
}

/** Name of the stack when none is given. */
export const DEFAULT_STACK = "dev";
