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
  moreNodes,
  NODE_PROCESSOR_SECONDS,
  type NodeShare,
  RESOURCES,
  type Resource,
  type Room,
} from "../../../core/capacity";
import type { CommandContext } from "../../../core/command-context";
import { examineHosts } from "./examine-hosts";
import type { Finding } from "./render";

/** What speaks for and against a class on the Docker Engine. */
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
  const [room, share] = await Promise.all([
    readHostCapacity(engine, nodesOfLabs(facts)),
    demand.share(engine, nodesThere(demand.stack, facts)),
  ]);
  const isOurs = new StackConfig(programDirectory, options.stack).exists();
  const lab = isOurs ? "of this clone" : "new";
  return [...localFindings({ engine, demand, facts, room, share, lab }), pullsFinding(pullsOf(config))];
}

/** What a missing Engine means: `up` installs and starts this machine's own, where it may. */
export function withoutEngine(error: unknown, host: string, system: System): Finding {
  const refusal = adviceFor(error, host, system);
  if (refusal !== undefined) {
    return { subject: "Engine", verdict: "bad", text: refusal.message, advice: refusal.hint };
  }
  const text = `no Docker Engine answers at ${host}: nothing of its machine can be judged`;
  return system.isRoot
    ? { subject: "Engine", verdict: "warning", text, advice: "./lab up installs and starts it" }
    : { subject: "Engine", verdict: "bad", text, advice: `Install docker.io, or start it: ${startCommand(system)}` };
}

/** Everything that was looked at for a class on a Docker Engine. */
export interface LocalExamination {
  readonly engine: DockerEngine;
  readonly demand: LocalDemand;
  readonly facts: HostFacts;
  readonly room: Room;
  /** What one more node takes. */
  readonly share: NodeShare;
  /** Whether this clone has a lab of that name. */
  readonly lab: "of this clone" | "new";
}

/** Longer than this is worth knowing beforehand. */
const LONG_MINUTES = 5;

/** What speaks for and against the class, in the order in which one would look. */
export function localFindings(examination: LocalExamination): Finding[] {
  const { engine, demand, facts, room, share } = examination;
  const wanted = Math.max(0, nodesAsked(demand) - nodesThere(demand.stack, facts));
  return [
    ...problemFindings("Engine", engineProblems(engine), engineText(engine)),
    ...RESOURCES.flatMap((resource) => resourceFinding(resource, { room, share }, wanted)),
    ...unseenFinding(engine, room),
    coresFinding(engine, wanted),
    ...problemFindings("ports", portProblems(demand, facts), portsText(demand)),
    ...problemFindings("names", [...takenStack(examination), ...nameProblems(demand, facts)], undefined),
    ...problemFindings("artefacts", artefactProblems(demand, facts), undefined),
    ...seatsFinding(examination),
  ];
}

function engineText({ serverVersion, host, cgroupVersion, remapped }: DockerEngine): string {
  const remap = remapped === undefined ? "" : ", userns-remap";
  return `Docker ${serverVersion} at ${host}, cgroup v${cgroupVersion}${remap}`;
}

function resourceFinding(
  resource: Resource,
  { room, share }: Pick<LocalExamination, "room" | "share">,
  wanted: number,
): Finding[] {
  const supply = room[resource];
  if (supply === undefined) {
    return [];
  }
  const more = moreNodes(resource, supply, share);
  const free = amountOf(resource, freeOf(resource, supply));
  const text = `${free} free, a node takes ${shareText(share[resource])}: enough for ${more} more`;
  return more >= wanted
    ? [good(resource, text)]
    : [bad(resource, `${text}, ${wanted} wanted`, adviceOnMore(resource, supply, wanted, share))];
}

function shareText(amount: number): string {
  return amount < 1e6 ? String(amount) : `${(amount / 1e9).toFixed(2)} GB`;
}

function unseenFinding({ memoryBytes }: DockerEngine, room: Room): Finding[] {
  const unseen = RESOURCES.filter((resource) => room[resource] === undefined);
  if (unseen.length === 0) {
    return [];
  }
  const memory = unseen.includes("memory")
    ? ` (the Engine's machine has ${(memoryBytes / 1e9).toFixed(1)} GB of memory in all)`
    : "";
  const advice = "Type ./lab doctor on the Engine's own machine to have them judged";
  return [
    { subject: "not seen", verdict: "warning", text: `what is free from here: ${unseen.join(", ")}${memory}`, advice },
  ];
}

function coresFinding({ cores }: DockerEngine, wanted: number): Finding {
  const minutes = (wanted * NODE_PROCESSOR_SECONDS) / cores / 60;
  const which = `${cores} ${cores === 1 ? "core" : "cores"}`;
  if (minutes <= LONG_MINUTES) {
    return good("cores", which);
  }
  const text = `${which}: ${wanted} new nodes take about ${Math.round(minutes)} min to come up`;
  return { subject: "cores", verdict: "warning", text, advice: undefined };
}

function portsText({ sshPort, seats }: LocalDemand): string {
  const last = sshPort + seats - 1;
  return `${seats === 1 ? sshPort : `${sshPort} to ${last}`} on 127.0.0.1`;
}

/** Another clone's lab of the same name: both would think the containers theirs. */
function takenStack({ demand: { stack }, facts, lab }: LocalExamination): string[] {
  const there = nodesThere(stack, facts);
  return lab === "new" && there > 0
    ? [
        `${there} nodes of a lab "${stack}" are there that this clone did not make; take another name for this one: --stack NAME`,
      ]
    : [];
}

function seatsFinding({ demand, facts, room, share }: LocalExamination): Finding[] {
  const there = nodesThere(demand.stack, facts);
  const most = capacity(room, there, share);
  if (most === undefined) {
    return [];
  }
  const running = there === 0 ? "" : `, ${there} of them there`;
  const text = `this machine carries up to ${most.nodes}${running}; ${most.boundBy} would run out first`;
  return [
    nodesAsked(demand) <= Math.max(there, most.nodes)
      ? good("seats", text)
      : bad(
          "seats",
          `${text}; ${nodesAsked(demand)} are asked for`,
          `./lab up --seats ${most.nodes}, or --force to try all the same`,
        ),
  ];
}

function problemFindings(subject: string, problems: readonly string[], otherwise: string | undefined): Finding[] {
  if (problems.length > 0) {
    return problems.map((text) => bad(subject, text, undefined));
  }
  return otherwise === undefined ? [] : [good(subject, otherwise)];
}

function good(subject: string, text: string): Finding {
  return { subject, verdict: "good", text, advice: undefined };
}

function bad(subject: string, text: string, advice: string | undefined): Finding {
  return { subject, verdict: "bad", text, advice };
}

/** What Docker Hub gives an address without a login in six hours (docs.docker.com, "Docker Hub usage and limits"). */
const PULLS_IN_SIX_HOURS = 100;

/** What a class costs in pulls from Docker Hub: one that comes from one address may be one too many. */
export function pullsFinding(pulls: number): Finding {
  const text = pulls === 0 ? "none from Docker Hub" : `at most ${pulls} from Docker Hub, when nothing is there yet`;
  return pulls <= PULLS_IN_SIX_HOURS
    ? { subject: "pulls", verdict: "good", text, advice: undefined }
    : {
        subject: "pulls",
        verdict: "warning",
        text: `${text}; an address without a login may pull ${PULLS_IN_SIX_HOURS} times in six hours`,
        advice: "pulumi config set --path images.delivery registry (docs/delivery.md), or ./lab bake first",
      };
}
