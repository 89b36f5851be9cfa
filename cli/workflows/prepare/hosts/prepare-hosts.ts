import type { DockerEngine } from "../../../../adapters/docker/engine";
import { readHostCapacity } from "../../../../adapters/docker/host-capacity";
import { isOwnFolder } from "../../../../adapters/files/artefacts/folder";
import type { OpenedStack } from "../../../../adapters/pulumi/open-stack";
import type { StackConfig } from "../../../../adapters/pulumi/stack-config";
import { stackFlag } from "../../../../adapters/pulumi/stack-flag";
import { readState } from "../../../../adapters/pulumi/state";
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
import { hostsIn, type Placement, serverOf } from "../../../../config/hosts";
import { configErrorText } from "../../../../config/parse";
import type { LabConfig } from "../../../../config/schema";
import { type Capacity, capacity, NODE_SHARE } from "../../../../core/capacity";
import { knownSeats } from "../../../../core/class-state/known-seats";
import type { CommandContext } from "../../../../core/command-context";
import { LabError } from "../../../../core/errors";
import { placeOn } from "../../../../core/placement";
import { seatsOf } from "../../../../core/seats";
import type { ClassHosts } from "../prepared-lab";

/** A Docker host that answers. */
export interface SurveyedHost {
  readonly engine: DockerEngine;
  readonly facts: HostFacts;
  /** Number of the class's nodes on it. */
  readonly there: number;
  readonly capacity: Capacity;
}

/** The hosts of a class, and the Engine on which shared resources are made. */
export interface PreparedHosts {
  readonly hosts: ClassHosts;
  readonly docker: DockerEngine;
}

/** Asks all hosts of a class, and assigns every seat to one. Throws one error with every problem, exit code 2. */
export async function prepareHosts(
  context: CommandContext,
  config: LabConfig,
  addresses: readonly string[],
  capacityCheck: LocalDemand["capacityCheck"],
): Promise<PreparedHosts> {
  const { reporter, options } = context;
  const answers = await reporter.task(`asking ${addresses.length} Docker hosts`, () => askHosts(addresses));
  const slots = seatsOf(config).map(({ slot }) => slot);
  refuse([...hostAnswersProblems(answers), ...unusedHostProblems(answers, config, slots)]);
  const surveyed = await survey(context, config, answers);
  const loads = surveyed.map(({ engine, capacity: { nodes } }) => ({ host: engine.host, nodes }));
  const placement = placeOn(loads, config.placement, slots);
  refuse([
    ...surveyed.flatMap(({ engine, facts }) => {
      const demand = { ...demandWithoutOwnFolder(context, config), slots: slotsOn(engine, placement) };
      return localProblems(demand, facts).map((problem) => `${problem} (on ${engine.host})`);
    }),
    ...(capacityCheck === "required" ? capacityProblems(surveyed, placement) : []),
  ]);
  const engines = surveyed.map(({ engine }) => engine);
  const silent = new Map(
    answers.flatMap(({ host, engine, silence = "" }) => (engine === undefined ? [[host, silence] as const] : [])),
  );
  for (const [host, reason] of silent) {
    const seats = slots.filter((slot) => placement[slot] === host).join(", ");
    reporter.warn(`${host} does not answer, so ${seats} of "${options.stack}" cannot be reached: ${reason}`);
  }
  // Shared resources are made on this machine, if it is one of the hosts.
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

/** A host that does not answer and has no seat yet is more likely misspelt than broken. */
function unusedHostProblems(
  answers: readonly HostAnswer[],
  { placement }: LabConfig,
  slots: readonly string[],
): string[] {
  const isAllSilent = answers.every(({ engine }) => engine === undefined);
  const used = new Set(slots.map((slot) => placement[slot]));
  return answers
    .filter(({ host, engine }) => engine === undefined && !used.has(host) && !isAllSilent)
    .map(
      ({ host, silence }) =>
        `docker.hosts: ${host} does not answer: ${silence}; ${silenceAdvice(host, silence)}; or remove it from the list`,
    );
}

/** Reads the facts of every host that answers. */
export function survey(
  { options: { stack } }: Pick<CommandContext, "options">,
  config: LabConfig,
  answers: readonly HostAnswer[],
): Promise<SurveyedHost[]> {
  const engines = answers.flatMap(({ engine }) => (engine === undefined ? [] : [engine]));
  return Promise.all(
    engines.map(async (engine) => {
      const demand = { ...localDemand(stack, config), slots: slotsOn(engine, config.placement) };
      const facts = await readHostFacts(engine, demand);
      const there = nodesThere(stack, facts);
      const most = capacity(await readHostCapacity(engine, nodesOfLabs(facts)), there);
      // An Engine reports its total memory, also where no other figure can be read.
      const byMemory = { nodes: Math.floor(engine.memoryBytes / NODE_SHARE.memory), boundBy: "memory" } as const;
      return { engine, facts, there, capacity: most ?? byMemory };
    }),
  );
}

function slotsOn({ host }: DockerEngine, placement: Placement): ReadonlySet<string> {
  return new Set(Object.keys(placement).filter((slot) => placement[slot] === host));
}

/** What a class requires of an Engine, except the folder of artefacts that `lab` makes itself. */
export function demandWithoutOwnFolder({ options, runtime }: CommandContext, config: LabConfig): LocalDemand {
  const demand = localDemand(options.stack, config);
  const isOwn = isOwnFolder(config.artefacts.directory, runtime.environment);
  return isOwn ? { ...demand, artefactDirectory: undefined } : demand;
}

/** One line with the capacity of each host, if one of them has less than its seats need. */
export function capacityProblems(
  hosts: readonly Pick<SurveyedHost, "engine" | "there" | "capacity">[],
  placement: Placement,
): string[] {
  const loads = hosts.map(({ engine: { host }, there, capacity: { nodes, boundBy } }) => ({
    host,
    needed: Object.values(placement).filter((each) => each === host).length,
    nodes: Math.max(there, nodes),
    boundBy,
  }));
  if (loads.every(({ needed, nodes }) => needed <= nodes)) {
    return [];
  }
  const each = loads.map(
    ({ host, needed, nodes, boundBy }) => `${host}: ${needed} needed, capacity for ${nodes} (${boundBy})`,
  );
  const total = loads.reduce((sum, { nodes }) => sum + nodes, 0);
  return [
    `seats: a host has less capacity than its seats need: ${each.join("; ")}; total: ${Object.keys(placement).length} needed, capacity for ${total}; ` +
      "add a host, or run ./lab up --force to try anyway",
  ];
}

/** Saves the host of each seat, so that plain pulumi and the next `up` use the same; forgets seats that the class no longer has. */
export function savePlacement(config: StackConfig, placement: Placement): void {
  const saved = hostsIn(config.read()).placement;
  const changed = Object.entries(placement).filter(([slot, host]) => saved[slot] !== host);
  if (changed.length > 0) {
    config.write(new Map(changed.map(([slot, host]) => [`placement.${slot}`, host])));
  }
  for (const slot of Object.keys(saved).filter((each) => placement[each] === undefined)) {
    config.forget(`placement.${slot}`);
  }
}

/** Throws if docker.hosts was set after machines were made: pulumi would recreate them all on these hosts. */
export async function requireMadeForHosts({ stack }: Pick<OpenedStack, "stack">, wanted: LabConfig): Promise<void> {
  if (wanted.docker.hosts === undefined || Object.keys(wanted.placement).length > 0) {
    return;
  }
  if (knownSeats(await readState(stack), wanted.moved).length > 0) {
    const flag = stackFlag(stack.name);
    throw new LabError(`The lab "${stack.name}" was made without docker.hosts, and its machines cannot move.`, {
      exitCode: 2,
      hint: `Run ./lab down${flag}, then ./lab up${flag}. Or keep the machines: pulumi config rm${flag} --path docker.hosts`,
    });
  }
}
