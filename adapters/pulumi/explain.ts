import { LabError } from "../../core/errors";
import { stackFlag } from "./stack-flag";

interface Explanation {
  readonly pattern: RegExp;
  explain(match: RegExpMatchArray, stack: string): { message: string; hint: string };
}

/** What pulumi says, what it means here, and what to run. First match wins. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /the stack is currently locked by (\d+) lock/,
    explain: (_, stack) => ({
      message: `Another pulumi or lab is at work on the stack "${stack}", or one was killed while it was.`,
      hint:
        `Wait for it. What a killed one left behind is removed by the next ./lab up or ./lab down, or by ./lab repair --stack ${stack}.\n` +
        `With the state in a backend of your own, run: eval "$(./lab env --stack ${stack})" && pulumi cancel --yes`,
    }),
  },
  {
    pattern: /incorrect passphrase|passphrase must be set/,
    explain: (_, stack) => ({
      message: `The passphrase does not fit the stack "${stack}": its secrets cannot be read.`,
      hint: `Restore .lab/passphrase, or set PULUMI_CONFIG_PASSPHRASE to the one that the stack was made with. If you no longer have it, run ./lab repair --stack ${stack}.`,
    }),
  },
  {
    pattern: /Command was killed with (SIG\w+)/,
    explain: (match, stack) => ({
      message: `pulumi was killed (${match[1]}) in the middle of its work on the stack "${stack}".`,
      hint: `Run ./lab up --stack ${stack} to continue, or ./lab down --stack ${stack} to remove the lab: each repairs what is half done.`,
    }),
  },
  {
    pattern: /failed to load checkpoint/,
    explain: (_, stack) => ({
      message: `The state of the stack "${stack}" cannot be read: its file is damaged.`,
      hint: `Run ./lab repair --stack ${stack} to see what can be done.`,
    }),
  },
  {
    pattern: /no stack named '([^']*)' found/,
    explain: (match, stack) => ({
      message: `There is no stack named "${match[1]}".`,
      hint: `Run ./lab up${stackFlag(stack)} to create it, or add --stack NAME for another one.`,
    }),
  },
];

/** The error to show for what pulumi wrote to stderr: explained where we know it, its own last words otherwise. */
export function explainFailure(stderr: string, stack: string): LabError {
  for (const { pattern, explain } of EXPLANATIONS) {
    const match = stderr.match(pattern);
    if (match !== null) {
      const { message, hint } = explain(match, stack);
      return new LabError(message, { hint });
    }
  }
  return new LabError(stderr.trim() === "" ? "pulumi failed with no output." : stderr.trim());
}
