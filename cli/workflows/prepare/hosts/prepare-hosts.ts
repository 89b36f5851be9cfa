import type { DockerEngine } from "../../../../adapters/docker/engine";
import { readHostCapacity } from "../../../../adapters/docker/host-capacity";
import { isOwnFolder } from "../../../../adapters/files/artefacts/folder";
import {
  askHosts,
  type HostAnswer,
  hostAnswersProblems,
  silenceAdvice,
} from "../../../../components/machines/docker-hosts/answers";
import {
  type HostFacts,
  type LocalDemand,
  localDemand,
  localProblems,
  nodesOfLabs,
  nodesThere,
  readHostFacts,
} from "../../../../components/machines/local/preflight";
import { type Placement, serverOf } from "../../../../config/hosts";
import { configErrorText } from "../../../../config/parse";
import type { LabConfig } from "../../../../config/schema";
import { type Capacity, capacity, NODE_SHARE } from "../../../../core/capacity";
import type { CommandContext } from "../../../../core/command-context";
import { LabError } from "../../../../core/errors";
import { placeOn } from "../../../../core/placement";
import { seatsOf } from "../../../../core/seats";
import type { ClassHosts } from "../prepared-lab";

/** A Docker host that answers, and what it has. */
export interface SurveyedHost {
  readonly engine: DockerEngine;
  readonly facts: HostFacts;
  /** How many of the class's nodes are there. */
  readonly there: number;
  /** How many it carries. */
  readonly capacity: Capacity;
}

/** The hosts of a class, each seat on one of them; and the Engine on which what all share is made. */
export interface PreparedHosts {
  readonly hosts: ClassHosts;
  readonly docker: DockerEngine;
}

/** Asks all hosts of a class, and gives every seat a place. Throws, exit code 2, with all that speaks against it. */
export async function prepareHosts(
  context: CommandContext,
  config: LabConfig,
  addresses: readonly string[],
  room: LocalDemand["room"],
): Promise<PreparedHosts> {
  const { reporter, options } = context;
  const answers = await reporter.task(`asking ${addresses.length} Docker hosts`, () => askHosts(addresses));
  const places = seatsOf(config).map(({ place }) => place);
  const problems = [...hostAnswersProblems(answers), ...strangersProblems(answers, config, places)];
  refuse(problems);
  const surveyed = await survey(context, config, answers);
  const rooms = surveyed.map(({ engine, capacity: { nodes } }) => ({ host: engine.host, nodes }));
  const placement = placeOn(rooms, config.placement, places);
  refuse([
    ...surveyed.flatMap((host) => problemsOf(context, config, host, placement)),
    ...(room === "required" ? noRoomProblems(surveyed, placement) : []),
  ]);
  const engines = surveyed.map(({ engine }) => engine);
  const silent = silentHosts(answers);
  for (const [host, reason] of silent) {
    const seats = places.filter((place) => placement[place] === host).join(", ");
    reporter.warn(`${host} does not answer, so ${seats} of "${options.stack}" cannot be reached: ${reason}`);
  }
  // What all share is made where it costs least.
  const docker = engines.find(({ host }) => serverOf(host) === undefined) ?? engines[0];
  if (docker === undefined) {
    throw new Error("no Docker host answers");
  }
  return { hosts: { engines, silent, placement }, docker };
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new LabError(configErrorText(problems), { exitCode: 2, hint: "More on Docker hosts: docs/hosts.md" });
  }
}

function silentHosts(answers: readonly HostAnswer[]): ReadonlyMap<string, string> {
  return new Map(
    answers.flatMap(({ host, engine, silence = "" }) => (engine === undefined ? [[host, silence] as const] : [])),
  );
}

/** A host that does not answer and has no seat yet is a slip of the pen sooner than a broken server. */
function strangersProblems(
  answers: readonly HostAnswer[],
  { placement }: LabConfig,
  places: readonly string[],
): string[] {
  const isAllSilent = answers.every(({ engine }) => engine === undefined);
  const used = new Set(places.map((place) => placement[place]));
  return answers
    .filter(({ host, engine }) => engine === undefined && !used.has(host) && !isAllSilent)
    .map(({ host, silence }) => {
      return `docker.hosts: ${host} does not answer: ${silence}; ${silenceAdvice(host, silence)}; or take it out of the list`;
    });
}

/** Looks at every host that answers. */
export function survey(
  { options: { stack } }: Pick<CommandContext, "options">,
  config: LabConfig,
  answers: readonly HostAnswer[],
): Promise<SurveyedHost[]> {
  const engines = answers.flatMap(({ engine }) => (engine === undefined ? [] : [engine]));
  return Promise.all(
    engines.map(async (engine) => {
      const facts = await readHostFacts(engine, demandOf(stack, config, engine, config.placement));
      const there = nodesThere(stack, facts);
      const most = capacity(await readHostCapacity(engine, nodesOfLabs(facts)), there);
      return { engine, facts, there, capacity: most ?? memoryAlone(engine) };
    }),
  );
}

/** Of a host that shows nothing of itself, its memory in all is known. */
function memoryAlone({ memoryBytes }: DockerEngine): Capacity {
  return { nodes: Math.floor(memoryBytes / NODE_SHARE.memory), boundBy: "memory" };
}

function demandOf(stack: string, config: LabConfig, { host }: DockerEngine, placement: Placement): LocalDemand {
  const places = Object.keys(placement).filter((place) => placement[place] === host);
  return { ...localDemand(stack, config), places: new Set(places) };
}

function problemsOf(
  { options: { stack }, runtime }: CommandContext,
  config: LabConfig,
  { engine, facts }: SurveyedHost,
  placement: Placement,
): string[] {
  // A folder of our own is made again where it is missing.
  const isOwn = isOwnFolder(config.artefacts.directory, runtime.environment);
  const demand = demandOf(stack, config, engine, placement);
  const problems = localProblems(isOwn ? { ...demand, artefactDirectory: undefined } : demand, facts);
  return problems.map((problem) => `${problem} (on ${engine.host})`);
}

/** One line with what each host carries, where one has to carry more. */
export function noRoomProblems(
  hosts: readonly Pick<SurveyedHost, "engine" | "there" | "capacity">[],
  placement: Placement,
): string[] {
  const asked = (host: string) => Object.values(placement).filter((each) => each === host).length;
  const isOver = hosts.some(({ engine, there, capacity: { nodes } }) => asked(engine.host) > Math.max(there, nodes));
  if (!isOver) {
    return [];
  }
  const each = hosts.map(({ engine, capacity: { nodes, boundBy } }) => `${engine.host} carries ${nodes} (${boundBy})`);
  const total = hosts.reduce((sum, { capacity: { nodes } }) => sum + nodes, 0);
  return [
    `seats: no room for ${Object.keys(placement).length}: ${each.join(", ")}: ${total} in all; one host more, or go ahead all the same: ./lab up --force`,
  ];
}
