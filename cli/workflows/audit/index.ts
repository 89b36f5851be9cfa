import { readdirSync } from "node:fs";
import { dockerClient } from "../../../adapters/docker/client";
import { openExistingStack } from "../../../adapters/pulumi/open-stack";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { readState } from "../../../adapters/pulumi/state";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { auditClass, locateClass } from "./audit-class";
import { keptImages } from "./leftovers";
import { type AuditedClass, renderAudit, renderKept } from "./render";

/** What is audited: the lab of `--stack`, or all that this folder has settings of. */
export type AuditScope = "one-lab" | "all-labs";

/** Looks for what is left of labs. Returns the exit code: 1 if something is left, or if that could not be checked. */
export async function audit(context: CommandContext, scope: AuditScope): Promise<number> {
  const { runtime, options } = context;
  const stacks = scope === "one-lab" ? [options.stack] : stacksIn(runtime.programDirectory);
  const classes: AuditedClass[] = [];
  const engines = new Set<string>();
  for (const stack of stacks) {
    classes.push(await auditOne({ ...context, options: { ...options, stack } }, engines));
  }
  const kept = (await Promise.all([...engines].map((host) => keptImages(dockerClient(host))))).flat();
  const labs = classes.map(({ stack, known = null, leftovers, unproven = null }) => {
    return { stack, known, leftovers, unproven };
  });
  runtime.stdout.write(
    options.json
      ? `${JSON.stringify({ labs, kept }, null, 2)}\n`
      : [...classes.map(renderAudit), renderKept(kept)].join(""),
  );
  return labs.every(({ leftovers, unproven }) => leftovers.length === 0 && unproven === null) ? 0 : 1;
}

/** Labs that a folder has settings of. */
function stacksIn(programDirectory: string): string[] {
  const stacks = readdirSync(programDirectory).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  if (stacks.length === 0) {
    throw new LabError("There is no lab here.", { hint: "Run ./lab up to create one." });
  }
  return stacks.sort();
}

/** A class without settings may have lost them: then every resource with its name is a leftover. */
async function auditOne(context: CommandContext, engines: Set<string>): Promise<AuditedClass> {
  const { runtime, options } = context;
  const config = new StackConfig(runtime.programDirectory, options.stack);
  const isKnown = config.exists();
  const resources = isKnown ? await readState((await openExistingStack(context)).stack) : [];
  const location = await locateClass(context, config, async () => resources);
  if (location.aws === "no") {
    engines.add(location.engine);
  }
  // The state of a lab that is down still has the stack itself.
  const inState = resources.filter(({ type }) => type !== "pulumi:pulumi:Stack").length;
  return { ...(await auditClass(context, location, resources)), known: isKnown ? inState : undefined };
}
