import { askHosts, hostAnswersProblems, silenceAdvice } from "../../../components/machines/docker-hosts/answers";
import { localDemand, nodesAsked } from "../../../components/machines/local/preflight";
import type { LabConfig } from "../../../config/schema";
import type { Resource } from "../../../core/capacity";
import type { CommandContext } from "../../../core/command-context";
import { type SurveyedHost, survey } from "../prepare/hosts/prepare-hosts";
import { bad, type Finding, good } from "./render";

/** Checks a class on several Docker hosts: each host, and their capacity together. */
export async function examineHosts(
  context: Pick<CommandContext, "options" | "runtime">,
  config: LabConfig,
  addresses: readonly string[],
): Promise<Finding[]> {
  const answers = await askHosts(addresses);
  const silent = answers.filter(({ engine }) => engine === undefined);
  const surveyed = await survey(context, config, answers);
  return [
    ...surveyed.map(({ engine, there, capacity: { nodes, boundBy } }) => {
      const version = `Docker ${engine.serverVersion}, cgroup v${engine.cgroupVersion}`;
      return good("Docker host", `${engine.host}: ${version}, ${capacityText(nodes, there, boundBy)}`);
    }),
    ...silent.map(({ host, silence = "" }) =>
      bad("Docker host", `${host} does not answer: ${silence}`, silenceAdvice(host, silence)),
    ),
    ...(surveyed.length === 0 ? [] : hostAnswersProblems(answers)).map((text) => bad("Docker host", text)),
    ...sumFinding(surveyed, nodesAsked(localDemand(context.options.stack, config))),
  ];
}

/** The capacity of one machine, of whose nodes some may exist. */
export function capacityText(nodes: number, there: number, boundBy: Resource): string {
  const existing = there === 0 ? "" : ` (${there} ${there === 1 ? "exists" : "exist"})`;
  return `has capacity for ${nodesText(nodes)}${existing}; ${boundBy} would run out first`;
}

function nodesText(count: number): string {
  return `${count} ${count === 1 ? "node" : "nodes"}`;
}

/** The capacity of all hosts, compared with the number of nodes of the class. */
export function sumFinding(hosts: readonly Pick<SurveyedHost, "there" | "capacity">[], asked: number): Finding[] {
  if (hosts.length === 0) {
    return [];
  }
  const there = hosts.reduce((sum, host) => sum + host.there, 0);
  const most = hosts.reduce((sum, { capacity: { nodes } }) => sum + nodes, 0);
  const text = `these hosts have capacity for ${nodesText(most)} together`;
  const advice = `Add a host to docker.hosts, or run ./lab up --seats ${most}, or --force to try anyway`;
  return [
    asked <= Math.max(there, most) ? good("seats", text) : bad("seats", `${text}; the class needs ${asked}`, advice),
  ];
}
