import { existsSync } from "node:fs";
import { dockerHost } from "../../../adapters/docker/client";
import { type DockerEngine, isPortFree } from "../../../adapters/docker/engine";
import { ensureDockerEngine } from "../../../adapters/docker/local-engine";
import { isOwnFolder } from "../../../adapters/files/artefacts/folder";
import { stackFiles } from "../../../adapters/pulumi/environment";
import { explainFailure } from "../../../adapters/pulumi/explain";
import { findPulumiEngineOfLab, type OpenedStack, openStack } from "../../../adapters/pulumi/open-stack";
import { type PulumiStack, runPulumi } from "../../../adapters/pulumi/run";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { stackFlag } from "../../../adapters/pulumi/stack-flag";
import { findLocalProblems, type LocalDemand } from "../../../components/machines/local/preflight";
import { configErrorText } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import type { ConfigChanges } from "../../../config/settings";
import { settingAt } from "../../../config/settings";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { announceInterruption } from "../../interruption";
import { saveLocalBake } from "../bake/local/bake-store";
import { saveBakeAtAws } from "../bake/open-bake-store";
import { wantedConfig } from "../configure/wanted-config";
import { examine, requireGoodAws } from "../doctor/index";
import { dockerResources } from "../recovery/made-resources";
import { named, repairHint } from "../recovery/plan";
import { decideArtefacts } from "./artefact-source";
import { answeringDockerEngines } from "./hosts/docker-engines";
import { demandWithoutOwnFolder, prepareHosts, requireMadeForHosts, savePlacement } from "./hosts/prepare-hosts";
import type { PreparedLab } from "./prepared-lab";

/** Queries to this machine's ports and to AWS, which tests replace. */
export interface PrepareQueries extends Pick<LocalDemand, "isPortFree"> {
  readonly examine: typeof examine;
  readonly saveBakeAtAws: typeof saveBakeAtAws;
}

const QUERIES: PrepareQueries = { isPortFree, examine, saveBakeAtAws };

/**
 * Sets up everything that `up` and `preview` need, in the order in which it can fail: settings, Docker Engine, Pulumi engine
 * and artefacts, stack. What exists stays.
 */
export async function prepareLab(
  context: CommandContext,
  changes: ConfigChanges,
  capacityCheck: LocalDemand["capacityCheck"] = "required",
  queries: PrepareQueries = QUERIES,
): Promise<PreparedLab> {
  const { runtime, options } = context;
  announceInterruption(context);
  const file = new StackConfig(runtime.programDirectory, options.stack);
  const wanted = wantedConfig(file, changes);
  refuseOwnFolderAtAws(context, wanted);
  // Before the Pulumi engine, which may take minutes to build.
  const { docker, hosts } = await prepareTarget(context, wanted, capacityCheck, queries);
  const engineFound = findPulumiEngineOfLab(context, wanted.target);
  const [engine, artefactSettings] = await Promise.all([
    engineFound,
    docker === undefined ? new Map() : decideArtefacts(context, { file, config: wanted, docker, engineFound }),
  ]);
  const opened = openStack(context, engine);
  const { stack, config } = opened;
  const engines = answeringDockerEngines({ docker, hosts });
  await ensureStack(opened, engines);
  await requireMadeForHosts(opened, wanted);
  const saved = config.read();
  const settings: ConfigChanges = new Map([...changes, ...artefactSettings, ["engine", engine.kind]]);
  const changed = [...settings].filter(([name, value]) => settingAt(saved, name) !== value);
  if (changed.length > 0) {
    config.write(new Map(changed));
  }
  if (hosts !== undefined) {
    savePlacement(config, hosts.placement);
  }
  await (docker === undefined
    ? queries.saveBakeAtAws(context, config)
    : saveLocalBake(context, config, docker, engines));
  // The program must use the Engine that was just asked, also if a Docker context names it.
  const environment =
    docker === undefined || hosts !== undefined
      ? stack.environment
      : { ...stack.environment, DOCKER_HOST: docker.host };
  return { ...opened, stack: { ...stack, environment }, settings: wantedConfig(config, new Map()), docker, hosts };
}

/** Throws for a stack of local machines that moves to AWS: the artefacts made for it exist only on this machine. */
function refuseOwnFolderAtAws({ runtime, options }: CommandContext, { target, artefacts }: LabConfig): void {
  if (target === "aws" && isOwnFolder(artefacts.directory, runtime.environment)) {
    throw new LabError(
      `artefacts.directory is ${artefacts.directory}, which was made on this machine for local nodes: no machine at AWS has it.`,
      { exitCode: 2, hint: `Use another lab for AWS than "${options.stack}": --stack NAME` },
    );
  }
}

/** Prepares what machines run on, with capacity for the class: Docker hosts, the Docker Engine, or AWS. */
async function prepareTarget(
  context: CommandContext,
  wanted: LabConfig,
  capacityCheck: LocalDemand["capacityCheck"],
  { examine: check, isPortFree: isFree }: PrepareQueries,
): Promise<Pick<PreparedLab, "docker" | "hosts">> {
  if (wanted.target !== "local") {
    await requireGoodAws(context, wanted, check);
    return { docker: undefined };
  }
  if (wanted.docker.hosts !== undefined) {
    return prepareHosts(context, wanted, wanted.docker.hosts, capacityCheck);
  }
  const { runtime, options, reporter } = context;
  const { environment } = runtime;
  const host = wanted.docker.host ?? (await dockerHost(environment));
  const docker = await ensureDockerEngine({ host, environment, reporter });
  const { baseImage } = wanted.local;
  const demand = { ...demandWithoutOwnFolder(context, wanted), baseImage, capacityCheck, isPortFree: isFree };
  const problems = await findLocalProblems(docker, demand);
  if (problems.length > 0) {
    const flag = stackFlag(options.stack);
    throw new LabError(configErrorText(problems), {
      exitCode: 2,
      hint: `Other ports: ./lab up${flag} --ssh-port PORT. Fewer seats: ./lab up${flag} --seats N.`,
    });
  }
  return { docker };
}

/** Creates the stack if it does not exist: on the first `up`, or after `.lab` was deleted. */
async function ensureStack({ stack, config }: OpenedStack, engines: readonly DockerEngine[]): Promise<void> {
  // Only our own state folder is checked here; pulumi checks other backends.
  const files = stackFiles(stack);
  if (config.exists() && (files === undefined || existsSync(files.state))) {
    return;
  }
  const orphans = (await Promise.all(engines.map(({ host }) => dockerResources(host, stack.name)))).flat();
  if (orphans.length > 0) {
    const names = orphans.map((orphan) => `  - ${named(orphan)}`).join("\n");
    throw new LabError(
      `Resources of an earlier lab "${stack.name}" exist:\n${names}\nIts state is missing, so Pulumi cannot remove them.`,
      { hint: repairHint(stack.name) },
    );
  }
  config.forgetEncryption();
  await initStack(stack);
}

/** Creates a stack in its backend, unless it exists. */
export async function initStack(stack: PulumiStack): Promise<void> {
  const made = await runPulumi(stack, ["stack", "init", stack.name, "--no-select"]);
  if (made.exitCode !== 0 && !/already exists/.test(made.stderr)) {
    throw explainFailure(made.stderr, stack.name);
  }
}
