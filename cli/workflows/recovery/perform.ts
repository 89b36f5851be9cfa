import { copyFileSync, existsSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { stackFiles } from "../../../adapters/pulumi/environment";
import { explainFailure } from "../../../adapters/pulumi/explain";
import type { OpenedStack } from "../../../adapters/pulumi/open-stack";
import { type PulumiResult, type PulumiStack, runOperation, runPulumi } from "../../../adapters/pulumi/run";
import { clearDeadLocks } from "../../../adapters/pulumi/stack-lock";
import { cardsDirectory, sshDirectory } from "../../../adapters/ssh/options";
import { LabError } from "../../../core/errors";
import { writeKeyFiles } from "./key-files";
import { removeDockerResources } from "./made-resources";
import type { Repair, RepairAction } from "./plan";

/** Who asks resources that pulumi was cut off from what became of them: the repair, or the operation that follows. */
export type Refreshing = "now" | "later";

/** Does what a plan says. */
export async function perform(
  opened: OpenedStack,
  plan: readonly Repair[],
  { refreshing, signal }: { readonly refreshing: Refreshing; readonly signal: AbortSignal },
): Promise<void> {
  const { stack } = opened;
  const deeds = plan.map(({ deed }) => deed);
  const of = <K extends RepairAction["kind"]>(kind: K) =>
    deeds.filter((deed): deed is RepairAction & { kind: K } => deed.kind === kind);
  if (of("clear locks").length > 0) {
    await clearDeadLocks(stack);
  }
  for (const { copy } of of("restore state")) {
    restoreState(stack, copy);
  }
  await removeDockerResources(of("remove").map(({ thing }) => thing));
  const refreshed = of("refresh").map(({ urn }) => urn);
  const made = new Map(of("import").map(({ urn, id }) => [urn, id]));
  const settled = new Set([...refreshed, ...of("forget").map(({ urn }) => urn), ...made.keys()]);
  if (settled.size > 0) {
    await editState(stack, settled, made);
  }
  if (of("give up state").length > 0) {
    await startAnew(opened);
  }
  if (of("write key files").length > 0) {
    await writeKeyFiles(stack);
  }
  if (refreshing === "now" && refreshed.length > 0) {
    await refresh(stack, refreshed, signal);
  }
}

function restoreState(stack: PulumiStack, copy: string): void {
  const { state } = requireFiles(stack);
  putAside(state);
  copyFileSync(copy, `${state}.new`);
  renameSync(`${state}.new`, state);
}

/** Takes pending operations out, and what was made all the same in. */
async function editState(
  stack: PulumiStack,
  settled: ReadonlySet<string>,
  made: ReadonlyMap<string, string>,
): Promise<void> {
  const exported = expectSuccess(await runPulumi(stack, ["stack", "export", "--stack", stack.name]), stack);
  const edited = withoutPending(exported.stdout, settled, made);
  expectSuccess(await runPulumi(stack, ["stack", "import", "--stack", stack.name], edited), stack);
}

async function startAnew({ stack, config }: OpenedStack): Promise<void> {
  const { state, previous } = requireFiles(stack);
  putAside(state);
  rmSync(previous, { force: true });
  removeKeys(stack);
  config.forgetEncryption();
  expectSuccess(await runPulumi(stack, ["stack", "init", stack.name, "--no-select"]), stack);
}

/** Key files and cards are of no use any more; the stack's folder goes with its last file, as with `lab down`. */
function removeKeys({ directory, name }: PulumiStack): void {
  const ssh = join(directory, sshDirectory(name));
  for (const folder of [ssh, join(directory, cardsDirectory(name))]) {
    rmSync(folder, { recursive: true, force: true });
  }
  const folder = dirname(ssh);
  if (existsSync(folder) && readdirSync(folder).length === 0) {
    rmdirSync(folder);
  }
}

/** What cannot be read is kept, for whoever can. */
function putAside(file: string): void {
  if (existsSync(file)) {
    renameSync(file, `${file}.damaged`);
  }
}

async function refresh(stack: PulumiStack, urns: readonly string[], signal: AbortSignal): Promise<void> {
  const targets = urns.flatMap((urn) => ["--target", urn]);
  const words = ["refresh", "--yes", "--skip-preview", "--stack", stack.name, ...targets];
  expectSuccess(await runOperation(stack, words, () => undefined, signal), stack);
}

function expectSuccess(result: PulumiResult, stack: PulumiStack): PulumiResult {
  if (result.exitCode !== 0) {
    throw explainFailure(result.stderr || result.stdout, stack.name);
  }
  return result;
}

function requireFiles(stack: PulumiStack) {
  const files = stackFiles(stack);
  if (files === undefined) {
    throw new LabError(`The state of "${stack.name}" is not in this clone: its backend has to repair it.`);
  }
  return files;
}

const pendingSchema = z.looseObject({ type: z.string(), resource: z.looseObject({ urn: z.string() }) });
const exportSchema = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(z.unknown()).optional(),
    pending_operations: z.array(pendingSchema).optional(),
  }),
});

/**
 * The text of a `pulumi stack export` without the pending operations of some resources (`settled`: their urns). Those that
 * were made all the same (`made`: id by urn) are in it as if the operation had come to its end; a refresh fills in the rest.
 */
export function withoutPending(text: string, settled: ReadonlySet<string>, made: ReadonlyMap<string, string>): string {
  const whole = exportSchema.parse(JSON.parse(text));
  const { pending_operations: pending = [], resources = [], ...rest } = whole.deployment;
  const left = pending.filter(({ resource }) => !settled.has(resource.urn));
  // At the end: what a resource needs has to come before it, and nothing can need these yet.
  const imported = pending.flatMap(({ resource }) => {
    const id = made.get(resource.urn);
    return id === undefined ? [] : [{ ...resource, id }];
  });
  const operations = left.length === 0 ? {} : { pending_operations: left };
  return JSON.stringify({ ...whole, deployment: { ...rest, resources: [...resources, ...imported], ...operations } });
}
