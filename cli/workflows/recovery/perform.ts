import { copyFileSync, existsSync, readdirSync, renameSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { stackFiles } from "../../../adapters/pulumi/environment";
import { explainFailure } from "../../../adapters/pulumi/explain";
import type { OpenedStack } from "../../../adapters/pulumi/open-stack";
import { type PulumiResult, type PulumiStack, runOperation, runPulumi } from "../../../adapters/pulumi/run";
import { clearDeadLocks } from "../../../adapters/pulumi/stack-lock";
import { readStateWithSecrets } from "../../../adapters/pulumi/state";
import { cardsDirectory, sshDirectory } from "../../../adapters/ssh/options";
import { plainText } from "../../../core/class-state/state-resource";
import { LabError } from "../../../core/errors";
import { isAccessFiles } from "./inspect";
import { removeDockerResources } from "./made-resources";
import type { Repair, RepairAction } from "./plan";

/** Whether the repair refreshes the resources of interrupted operations, or the operation that follows it. */
export type Refreshing = "now" | "later";

/** Performs a plan. */
export async function perform(
  opened: OpenedStack,
  plan: readonly Repair[],
  { refreshing, signal }: { readonly refreshing: Refreshing; readonly signal: AbortSignal },
): Promise<void> {
  const { stack } = opened;
  const of = <K extends RepairAction["kind"]>(kind: K) =>
    plan.map(({ action }) => action).filter((action): action is RepairAction & { kind: K } => action.kind === kind);
  if (of("clear locks").length > 0) {
    await clearDeadLocks(stack);
  }
  for (const { copy } of of("restore state")) {
    restoreState(stack, copy);
  }
  await removeDockerResources(of("remove").map(({ resource }) => resource));
  const refreshed = of("refresh").map(({ urn }) => urn);
  const made = new Map(of("import").map(({ urn, id }) => [urn, id]));
  const settled = new Set([...refreshed, ...of("forget").map(({ urn }) => urn), ...made.keys()]);
  if (settled.size > 0) {
    await editState(stack, settled, made);
  }
  if (of("give up state").length > 0) {
    await resetState(opened);
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
  setAside(state);
  copyFileSync(copy, `${state}.new`);
  renameSync(`${state}.new`, state);
}

/** Removes pending operations from the state, and imports the resources that were made nevertheless. */
async function editState(
  stack: PulumiStack,
  settled: ReadonlySet<string>,
  made: ReadonlyMap<string, string>,
): Promise<void> {
  const exported = expectSuccess(await runPulumi(stack, ["stack", "export", "--stack", stack.name]), stack);
  const edited = withoutPending(exported.stdout, settled, made);
  expectSuccess(await runPulumi(stack, ["stack", "import", "--stack", stack.name], edited), stack);
}

async function resetState({ stack, config }: OpenedStack): Promise<void> {
  const { state, previous } = requireFiles(stack);
  setAside(state);
  rmSync(previous, { force: true });
  removeKeys(stack);
  config.forgetEncryption();
  expectSuccess(await runPulumi(stack, ["stack", "init", stack.name, "--no-select"]), stack);
}

/** Removes key files and cards, which no longer fit, and the stack's folder with its last file, as `lab down` does. */
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

/** Keeps a file that cannot be read, for whoever has the passphrase or a tool. */
function setAside(file: string): void {
  if (existsSync(file)) {
    renameSync(file, `${file}.damaged`);
  }
}

/** Runs the command from the state that wrote the operator's key files. */
async function writeKeyFiles(stack: PulumiStack): Promise<void> {
  const files = (await readStateWithSecrets(stack)).find(isAccessFiles);
  if (files === undefined) {
    return;
  }
  const variables = Object.entries(files.inputs["environment"] ?? {}).map(([name, value]) => [name, plainText(value)]);
  const { exitCode, stderr } = await execa("bash", ["-c", plainText(files.inputs["create"])], {
    cwd: stack.directory,
    env: { ...stack.environment, ...Object.fromEntries(variables) },
    extendEnv: false,
    input: plainText(files.inputs["stdin"]),
    reject: false,
  });
  if (exitCode !== 0) {
    throw new LabError(`Could not write the key files: ${stderr}`);
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
    throw new LabError(`The state of "${stack.name}" is not in this clone: repair it in its backend.`);
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
 * were made nevertheless (`made`: id by urn) become resources; a refresh fills in the rest.
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
