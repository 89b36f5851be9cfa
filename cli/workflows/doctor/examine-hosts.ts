import { askHosts, hostAnswersProblems, silenceAdvice } from "../../../components/machines/docker-hosts/answers";
import { localDemand, nodesAsked } from "../../../components/machines/local/preflight";
import type { LabConfig } from "../../../config/schema";
import type { CommandContext } from "../../../core/command-context";
import { type SurveyedHost, survey } from "../prepare/hosts/prepare-hosts";
import type { Finding } from "./render";

/** What speaks for and against a class on several Docker hosts: each of them, and all together. */
export async function examineHosts(
  context: Pick<CommandContext, "options" | "runtime">,
  config: LabConfig,
  addresses: readonly string[],
): Promise<Finding[]> {
  const answers = await askHosts(addresses);
  const silent = answers.filter(({ engine }) => engine === undefined);
  const surveyed = await survey(context, config, answers);
  return [
    ...surveyed.map(hostFinding),
    ...silent.map(({ host, silence = "" }): Finding => {
      const text = `${host} does not answer: ${silence}`;
      return { subject: "Docker host", verdict: "bad", text, advice: silenceAdvice(host, silence) };
    }),
    ...(surveyed.length === 0 ? [] : hostAnswersProblems(answers)).map(
      (text): Finding => ({ subject: "Docker host", verdict: "bad", text, advice: undefined }),
    ),
    ...sumFinding(surveyed, nodesAsked(localDemand(context.options.stack, config))),
  ];
}

function hostFinding({ engine, there, capacity: { nodes, boundBy } }: SurveyedHost): Finding {
  const running = there === 0 ? "" : `, ${there} of them there`;
  const text = `${engine.host}: Docker ${engine.serverVersion}, cgroup v${engine.cgroupVersion}, carries up to ${nodes}${running}; ${boundBy} would run out first`;
  return { subject: "Docker host", verdict: "good", text, advice: undefined };
}

/** What all of them carry together, against what is asked for. */
export function sumFinding(hosts: readonly Pick<SurveyedHost, "there" | "capacity">[], asked: number): Finding[] {
  if (hosts.length === 0) {
    return [];
  }
  const there = hosts.reduce((sum, host) => sum + host.there, 0);
  const most = hosts.reduce((sum, { capacity: { nodes } }) => sum + nodes, 0);
  const text = `these hosts carry up to ${most} together`;
  return [
    asked <= Math.max(there, most)
      ? { subject: "seats", verdict: "good", text, advice: undefined }
      : {
          subject: "seats",
          verdict: "bad",
          text: `${text}; ${asked} are asked for`,
          advice: `One host more in docker.hosts, ./lab up --seats ${most}, or --force to try all the same`,
        },
  ];
}
