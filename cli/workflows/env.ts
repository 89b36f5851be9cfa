import { pulumiEnvironment } from "../../adapters/pulumi/environment";
import { findPulumiEngineOfLab, openStack } from "../../adapters/pulumi/open-stack";
import type { CommandContext } from "../../core/command-context";
import { shellQuote } from "../../core/quoting";

/** Prints the exports with which plain `pulumi` works on the same stack. */
export async function env(context: CommandContext): Promise<void> {
  const { options, runtime } = context;
  const { engine } = openStack(context, await findPulumiEngineOfLab(context));
  const variables = pulumiEnvironment(runtime, engine, options.stack);
  runtime.stdout.write(options.json ? `${JSON.stringify(variables, null, 2)}\n` : renderExports(variables));
}

function renderExports(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${shellQuote(value)}\n`)
    .join("");
}
