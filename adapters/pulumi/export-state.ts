import { explainFailure } from "./explain";
import { type PulumiStack, runPulumi } from "./run";

/** What `pulumi stack export` prints; undefined for a stack that was never made. Throws when pulumi cannot tell. */
export async function exportState(stack: PulumiStack, flags: readonly string[] = []): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await runPulumi(stack, ["stack", "export", "--stack", stack.name, ...flags]);
  if (exitCode === 0) {
    return stdout;
  }
  if (/no stack named/.test(stderr)) {
    return undefined;
  }
  throw explainFailure(stderr, stack.name);
}
