import { StackConfig } from "../../../adapters/pulumi/stack-config";
import type { ConfigChanges } from "../../../config/settings";
import type { CommandContext } from "../../../core/command-context";
import { wantedConfig } from "../configure/wanted-config";
import { examine } from "./examine";
import { isHealthy, renderFindings } from "./render";

/** Says whether a class of these settings would come up, and why not; makes nothing and keeps nothing. Gives the exit code. */
export async function doctor(context: CommandContext, changes: ConfigChanges): Promise<number> {
  const { options, runtime } = context;
  const config = wantedConfig(new StackConfig(runtime.programDirectory, options.stack), changes);
  const findings = await examine(context, config);
  const healthy = isHealthy(findings);
  const what = `A lab "${options.stack}" of ${config.seats} ${config.seats === 1 ? "seat" : "seats"} (${config.target})`;
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ stack: options.stack, target: config.target, seats: config.seats, healthy, findings }, null, 2)}\n`
      : renderFindings(what, findings, runtime.stdout.columns),
  );
  return healthy ? 0 : 1;
}
