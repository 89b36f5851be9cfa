import { examine } from "../doctor/examine";
import { isHealthy } from "../doctor/finding";
import { renderFindings } from "../doctor/render";
import { StackConfig } from "../pulumi/stack-config";
import type { CommandContext } from "../surroundings";
import { type ConfigChanges, wantedConfig } from "../wanted-config";

/** Says whether a class of these settings would come up, and why not; makes nothing and keeps nothing. Gives the exit code. */
export async function doctor(context: CommandContext, changes: ConfigChanges): Promise<number> {
  const { options, surroundings } = context;
  const config = wantedConfig(new StackConfig(surroundings.programDirectory, options.stack), changes);
  const findings = await examine(context, config);
  const healthy = isHealthy(findings);
  const what = `A lab "${options.stack}" of ${config.seats} ${config.seats === 1 ? "seat" : "seats"} (${config.target})`;
  surroundings.stdout.write(
    options.json
      ? `${JSON.stringify({ stack: options.stack, target: config.target, seats: config.seats, healthy, findings }, null, 2)}\n`
      : renderFindings(what, findings, surroundings.stdout.columns),
  );
  return healthy ? 0 : 1;
}
