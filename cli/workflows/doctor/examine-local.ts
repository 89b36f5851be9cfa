import { dockerHost } from "../../../adapters/docker/client";
import { type DockerEngine, readDockerEngine } from "../../../adapters/docker/engine";
import { readHostCapacity } from "../../../adapters/docker/host-capacity";
import { adviceFor, startCommand } from "../../../adapters/docker/local-engine";
import { type System, thisSystem } from "../../../adapters/files/system";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import {
  artefactProblems,
  engineProblems,
  type HostFacts,
  type LocalDemand,
  localDemand,
  nameProblems,
  nodesAsked,
  nodesOfLabs,
  nodesThere,
  portProblems,
  readHostFacts,
} from "../../../components/machines/local/preflight";
import { pullsOf } from "../../../config/pulls";
import type { LabConfig } from "../../../config/schema";
import {
  adviceOnMore,
  amountOf,
  capacity,
  freeOf,
  type HostCapacity,
  moreNodes,
  NODE_PROCESSOR_SECONDS,
  type NodeShare,
  RESOURCES,
  type Resource,
} from "../../../core/capacity";
import type { CommandContext } from "../../../core/command-context";
import { capacityText, examineHosts } from "./examine-hosts";
import { bad, type Finding, good, warning } from "./render";

/** Checks a class on the Docker Engine. */
export async function examineLocal({ options, runtime }: CommandContext, config: LabConfig): Promise<Finding[]> {
  const { environment, programDirectory } = runtime;
  if (config.docker.hosts !== undefined) {
    return [...(await examineHosts({ options, runtime }, config, config.docker.hosts)), pullsFinding(pullsOf(config))];
  }
  const host = config.docker.host ?? (await dockerHost(environment));
  let engine: DockerEngine;
  try {
    engine = await readDockerEngine(host, environment);
  } catch (error) {
    return [withoutEngine(error, host, thisSystem(environment))];
  }
  const demand = localDemand(options.stack, config);
  const facts = await readHostFacts(engine, demand);
  const [supplies, share] = await Promise.all([
    readHostCapacity(engine, nodesOfLabs(facts)),
    demand.share(engine, nodesThere(demand.stack, facts)),
  ]);
  const isOurs = new StackConfig(programDirectory, options.stack).exists();
  const lab = isOurs ? "of this clone" : "new";
  return [...localFindings({ engine, demand, facts, supplies, share, lab }), pullsFinding(pullsOf(config))];
}

/** The finding for an Engine that does not answer: `up` installs and starts this machine's own, if it is root. */
export function withoutEngine(error: unknown, host: string, system: System): Finding {
  const refusal = adviceFor(error, host, system);
  if (refusal !== undefined) {
    return bad("Engine", refusal.message, refusal.hint);
  }
  const text = `no Docker Engine answers at ${host}, so its machine cannot be checked`;
  return system.isRoot
    ? warning("Engine", text, "./lab up installs and starts it")
    : bad("Engine", text, `Install docker.io, or start it: ${startCommand(system)}`);
}

/** Facts about a class and its Docker Engine. */
export interface LocalExamination {
  readonly engine: DockerEngine;
  readonly demand: LocalDemand;
  readonly facts: HostFacts;
  readonly supplies: HostCapacity;
  /** Resources per new node. */
  readonly share: NodeShare;
  /** Whether this clone has a lab of that name. */
  readonly lab: "of this clone" | "new";
}

/** A class that takes longer to come up gets a warning. */
const LONG_MINUTES = 5;

/** Findings about the class, the most basic first. */
export function localFindings(examination: LocalExamination): Finding[] {
  const { engine, demand, facts, supplies, share } = examination;
  const { serverVersion, host, cgroupVersion, remapped, memoryBytes, cores } = engine;
  const remap = remapped === undefined ? "" : ", userns-remap";
  const missing = Math.max(0, nodesAsked(demand) - nodesThere(demand.stack, facts));
  return [
    ...problemFindings(
      "Engine",
      engineProblems(engine),
      `Docker ${serverVersion} at ${host}, cgroup v${cgroupVersion}${remap}`,
    ),
    ...RESOURCES.flatMap((resource) => resourceFinding(resource, { supplies, share }, missing)),
    ...unseenFinding(memoryBytes, supplies),
    coresFinding(cores, missing),
    ...problemFindings("ports", portProblems(demand, facts), portsText(demand)),
    ...problemFindings("names", [...takenStack(examination), ...nameProblems(demand, facts)], undefined),
    ...problemFindings("artefacts", artefactProblems(demand, facts), undefined),
    ...seatsFinding(examination),
  ];
}

function resourceFinding(
  resource: Resource,
  { supplies, share }: Pick<LocalExamination, "supplies" | "share">,
  missing: number,
): Finding[] {
  const supply = supplies[resource];
  if (supply === undefined) {
    return [];
  }
  const more = moreNodes(resource, supply, share);
  const perNode = share[resource] < 1e6 ? share[resource] : `${(share[resource] / 1e9).toFixed(2)} GB`;
  const text = `${amountOf(resource, freeOf(resource, supply))} free, a node takes ${perNode}: enough for ${more} more`;
  return more >= missing
    ? [good(resource, text)]
    : [bad(resource, `${text}, ${missing} required`, adviceOnMore(resource, supply, missing, share))];
}

function unseenFinding(memoryBytes: number, supplies: HostCapacity): Finding[] {
  const unseen = RESOURCES.filter((resource) => supplies[resource] === undefined);
  if (unseen.length === 0) {
    return [];
  }
  const memory = unseen.includes("memory")
    ? ` (the Engine's machine has ${(memoryBytes / 1e9).toFixed(1)} GB of memory in all)`
    : "";
  const advice = "Run ./lab doctor on the Engine's own machine to check them";
  return [warning("not seen", `what is free from here: ${unseen.join(", ")}${memory}`, advice)];
}

function coresFinding(cores: number, missing: number): Finding {
  const minutes = (missing * NODE_PROCESSOR_SECONDS) / cores / 60;
  const text = `${cores} ${cores === 1 ? "core" : "cores"}`;
  return minutes <= LONG_MINUTES
    ? good("cores", text)
    : warning("cores", `${text}: ${missing} new nodes take about ${Math.round(minutes)} min to come up`);
}

function portsText({ sshPort, seats }: LocalDemand): string {
  const last = sshPort + seats - 1;
  return `${seats === 1 ? sshPort : `${sshPort} to ${last}`} on 127.0.0.1`;
}

/** Another clone's lab of the same name: both would take the containers for theirs. */
function takenStack({ demand: { stack }, facts, lab }: LocalExamination): string[] {
  const there = nodesThere(stack, facts);
  return lab === "new" && there > 0
    ? [`${there} nodes of a lab "${stack}" exist that this clone did not make; choose another name: --stack NAME`]
    : [];
}

function seatsFinding({ demand, facts, supplies, share }: LocalExamination): Finding[] {
  const there = nodesThere(demand.stack, facts);
  const most = capacity(supplies, there, share);
  if (most === undefined) {
    return [];
  }
  const text = `this machine ${capacityText(most.nodes, there, most.boundBy)}`;
  const asked = nodesAsked(demand);
  return [
    asked <= Math.max(there, most.nodes)
      ? good("seats", text)
      : bad("seats", `${text}; the class needs ${asked}`, `./lab up --seats ${most.nodes}, or --force to try anyway`),
  ];
}

/** The problems; if there are none, the text of a good finding, if any. */
function problemFindings(subject: string, problems: readonly string[], goodText: string | undefined): Finding[] {
  const findings = problems.map((text) => bad(subject, text));
  return findings.length > 0 || goodText === undefined ? findings : [good(subject, goodText)];
}

/** Pulls that Docker Hub allows an address without a login in six hours (docs.docker.com, "Docker Hub usage and limits"). */
const PULLS_IN_SIX_HOURS = 100;

/** The pulls of a class from Docker Hub, all from one address. */
export function pullsFinding(pulls: number): Finding {
  const text = pulls === 0 ? "none from Docker Hub" : `at most ${pulls} from Docker Hub, if no image exists yet`;
  return pulls <= PULLS_IN_SIX_HOURS
    ? good("pulls", text)
    : warning(
        "pulls",
        `${text}; an address without a login may pull ${PULLS_IN_SIX_HOURS} times in six hours`,
        "pulumi config set --path images.delivery registry (docs/delivery.md), or ./lab bake first",
      );
}
