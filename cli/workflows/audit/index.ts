import { readdirSync } from "node:fs";
import { dockerClient } from "../../../adapters/docker/client";
import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { readState } from "../../../adapters/pulumi/state";
import type { StateResource } from "../../../core/class-state/state-resource";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { auditClass, placesOf } from "./audit-class";
import { type KeptImage, keptImages } from "./leftovers";
import { type AuditedClass, renderAudit, renderKept } from "./render";

/** What is audited: the lab of `--stack`, or all that this folder has settings of. */
export type AuditScope = "one-lab" | "all-labs";

/** Looks for what is left of labs; gives the exit code, 1 when there is something, or when that could not be found out. */
export async function audit(context: CommandContext, scope: AuditScope): Promise<number> {
  const { runtime, options } = context;
  const stacks = scope === "one-lab" ? [options.stack] : stacksIn(runtime.programDirectory);
  const classes: AuditedClass[] = [];
  const engines = new Set<string>();
  for (const stack of stacks) {
    const of = { ...context, options: { ...options, stack } };
    classes.push(await auditOne(of, engines));
  }
  const kept = await keptOn(engines);
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ labs: classes.map(asJson), kept }, null, 2)}\n`
      : [...classes.map(renderAudit), renderKept(kept)].join(""),
  );
  return classes.every(({ leftovers, unproven }) => leftovers.length === 0 && unproven === undefined) ? 0 : 1;
}

/** Labs that a folder has settings of. */
function stacksIn(programDirectory: string): string[] {
  const stacks = readdirSync(programDirectory).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  if (stacks.length === 0) {
    throw new LabError("There is no lab here.", { hint: "Type ./lab up to make one." });
  }
  return stacks.sort();
}

/** A class without settings may have lost them: then whatever carries its name has been left. */
async function auditOne(context: CommandContext, engines: Set<string>): Promise<AuditedClass> {
  const { runtime, options } = context;
  const config = new StackConfig(runtime.programDirectory, options.stack);
  const resources = config.exists() ? await readState((await openExistingStack(context)).stack) : [];
  const places = await placesOf(context, config, async () => resources);
  if (places.aws === "no") {
    engines.add(places.engine);
  }
  const known = config.exists() ? resources.filter(isThing).length : undefined;
  return { ...(await auditClass(context, places, resources)), known };
}

function asJson({ stack, known, leftovers, unproven }: AuditedClass) {
  return { stack, known: known ?? null, leftovers, unproven: unproven ?? null };
}

/** A stack that is down still has itself. */
function isThing({ type }: StateResource): boolean {
  return type !== "pulumi:pulumi:Stack";
}

async function keptOn(engines: ReadonlySet<string>): Promise<KeptImage[]> {
  return (await Promise.all([...engines].map((host) => keptImages(dockerClient(host))))).flat();
}
