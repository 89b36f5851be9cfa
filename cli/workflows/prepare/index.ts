import { existsSync } from "node:fs";
import { dockerHost } from "../../../adapters/docker/client";
import { type DockerEngine, isPortFree } from "../../../adapters/docker/engine";
import { ensureDockerEngine } from "../../../adapters/docker/local-engine/ensure";
import { isOwnFolder } from "../../../adapters/files/artefacts/folder";
import { stackFiles } from "../../../adapters/pulumi/environment";
import { explainFailure } from "../../../adapters/pulumi/explain";
import { findLabEngine, type OpenedStack, openStack } from "../../../adapters/pulumi/open-stack";
import { stackFlag } from "../../../adapters/pulumi/operation";
import { type PulumiStack, runPulumi } from "../../../adapters/pulumi/run";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { findLocalProblems, type LocalDemand, localDemand } from "../../../components/machines/local/preflight";
import type { ConfigChanges } from "../../../config/changes";
import { configErrorText } from "../../../config/parse";
import type { LabConfig } from "../../../config/schema";
import { settingAt } from "../../../config/settings";
import type { CommandContext } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { announceInterruption } from "../../context";
import { saveLocalBake } from "../bake/local/bake-store";
import { saveBakeAtAws } from "../bake/open-bake-store";
import { wantedConfig } from "../configure/wanted-config";
import { examine, requireGoodAws } from "../doctor/index";
import { dockerResources } from "../recovery/made-resources";
import { named, repairHint } from "../recovery/plan";
import { decideArtefacts } from "./artefact-source";
import { enginesOf } from "./hosts/engines";
import { keepPlacement, requireMadeForHosts } from "./hosts/keep-placement";
import { prepareHosts } from "./hosts/prepare-hosts";
import type { PreparedLab } from "./prepared-lab";

const NO_CHANGES: ConfigChanges = new Map();

/** What `prepareLab` asks of this machine's ports and of AWS. */
export interface PrepareQueries extends Pick<LocalDemand, "isPortFree"> {
  readonly examine: typeof examine;
  readonly saveBakeAtAws: typeof saveBakeAtAws;
}

const QUERIES: PrepareQueries = { isPortFree, examine, saveBakeAtAws };

/**
 * All set-up, in the order in which it can fail: settings, Docker Engine, Pulumi engine and artefacts,
 * stack. What is there already is not made again. Tests answer `queries` themselves.
 */
export async function prepareLab(
  context: CommandContext,
  changes: ConfigChanges,
  room: LocalDemand["room"] = "required",
  queries: PrepareQueries = QUERIES,
): Promise<PreparedLab> {
  const { runtime, options } = context;
  announceInterruption(context);
  const file = new StackConfig(runtime.programDirectory, options.stack);
  const wanted = wantedConfig(file, changes);
  refuseOwnFolderAtAws(context, wanted);
  // Before the minutes that an engine may take to be built.
  const { docker, hosts } = await prepareTarget(context, wanted, room, queries);
  const engineFound = findLabEngine(context, wanted.target);
  const [engine, artefactSettings] = await Promise.all([
    engineFound,
    docker === undefined ? NO_CHANGES : decideArtefacts(context, { file, config: wanted, docker, engineFound }),
  ]);
  const opened = openStack(context, engine);
  const engines = enginesOf({ docker, hosts });
  await makeStack(opened, engines);
  await requireMadeForHosts(opened, wanted);
  keepSettings(opened, new Map([...changes, ...artefactSettings, ["engine", engine.kind]]));
  if (hosts !== undefined) {
    keepPlacement(opened.config, hosts.placement);
  }
  await (docker === undefined
    ? queries.saveBakeAtAws(context, opened.config)
    : saveLocalBake(context, opened.config, docker, engines));
  return {
    ...opened,
    // The program asks the same Engine that was just asked, also where a Docker context names it.
    stack: docker === undefined || hosts !== undefined ? opened.stack : withDockerHost(opened.stack, docker.host),
    settings: wantedConfig(opened.config, new Map()),
    docker,
    hosts,
  };
}

/** A stack of local machines that is to move to AWS: what was made for it lies on this machine alone. */
function refuseOwnFolderAtAws({ runtime, options }: CommandContext, { target, artefacts }: LabConfig): void {
  if (target === "aws" && isOwnFolder(artefacts.directory, runtime.environment)) {
    throw new LabError(
      `artefacts.directory is ${artefacts.directory}, which was made on this machine for local nodes: no machine at AWS has it.`,
      { exitCode: 2, hint: `Take another lab for AWS than "${options.stack}": --stack NAME` },
    );
  }
}

/** Where machines come from, with room for the class: the Docker Engine for local ones, none for others. */
async function prepareTarget(
  context: CommandContext,
  wanted: LabConfig,
  room: LocalDemand["room"],
  queries: PrepareQueries,
): Promise<Pick<PreparedLab, "docker" | "hosts">> {
  if (wanted.target !== "local") {
    await requireGoodAws(context, wanted, queries.examine);
    return { docker: undefined };
  }
  return wanted.docker.hosts === undefined
    ? { docker: await prepareDocker(context, wanted, room, queries) }
    : prepareHosts(context, wanted, wanted.docker.hosts, room);
}

/** The Docker Engine that local machines run on, with room for the class. */
async function prepareDocker(
  context: CommandContext,
  wanted: LabConfig,
  room: LocalDemand["room"],
  queries: PrepareQueries,
): Promise<DockerEngine> {
  const { environment } = context.runtime;
  const host = wanted.docker.host ?? (await dockerHost(environment));
  const docker = await ensureDockerEngine({ host, environment, reporter: context.reporter });
  await requireRoom(context, wanted, docker, { room, isPortFree: queries.isPortFree });
  return docker;
}

function withDockerHost(stack: PulumiStack, host: string): PulumiStack {
  return { ...stack, environment: { ...stack.environment, DOCKER_HOST: host } };
}

async function requireRoom(
  { options: { stack }, runtime }: CommandContext,
  config: LabConfig,
  docker: DockerEngine,
  demand: Pick<LocalDemand, "room" | "isPortFree">,
): Promise<void> {
  const problems = await findLocalProblems(docker, {
    ...localDemand(stack, config),
    ...demand,
    // A folder of our own is made again where it is missing.
    ...(isOwnFolder(config.artefacts.directory, runtime.environment) ? { artefactDirectory: undefined } : {}),
  });
  if (problems.length > 0) {
    throw new LabError(configErrorText(problems), {
      exitCode: 2,
      hint: `Other ports: ./lab up${stackFlag(stack)} --ssh-port PORT. Fewer seats: ./lab up${stackFlag(stack)} --seats N.`,
    });
  }
}

/** Makes the stack where there is none: on the first `up`, or after `.lab` was deleted. */
async function makeStack({ stack, config }: OpenedStack, engines: readonly DockerEngine[]): Promise<void> {
  if (config.exists() && !isMissingFromOwnBackend(stack)) {
    return;
  }
  const orphans = (await Promise.all(engines.map(({ host }) => dockerResources(host, stack.name)))).flat();
  if (orphans.length > 0) {
    const names = orphans.map((thing) => `  - ${named(thing)}`).join("\n");
    throw new LabError(
      `Of an earlier lab "${stack.name}" there is still:\n${names}\nIts state is gone, so Pulumi cannot take it down.`,
      { hint: repairHint(stack.name) },
    );
  }
  config.forgetEncryption();
  const made = await runPulumi(stack, ["stack", "init", stack.name, "--no-select"]);
  if (made.exitCode !== 0 && !/already exists/.test(made.stderr)) {
    throw explainFailure(made.stderr, stack.name);
  }
}

/** Whether our own state folder, when it is the backend, has no such stack. Other backends are asked by pulumi itself. */
function isMissingFromOwnBackend(stack: PulumiStack): boolean {
  const files = stackFiles(stack);
  return files !== undefined && !existsSync(files.state);
}

function keepSettings({ config }: OpenedStack, settings: ConfigChanges): void {
  const current = config.read();
  const changed = [...settings].filter(([name, value]) => settingAt(current, name) !== value);
  if (changed.length > 0) {
    config.write(new Map(changed));
  }
}
