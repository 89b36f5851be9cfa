import { dockerHost } from "../../../adapters/docker/client";
import { type DockerEngine, readDockerEngine } from "../../../adapters/docker/engine";
import { adviceFor, startCommand } from "../../../adapters/docker/local-engine/ensure";
import { type System, thisSystem } from "../../../adapters/docker/local-engine/start";
import { readRoom } from "../../../adapters/docker/room";
import { StackConfig } from "../../../adapters/pulumi/stack-config";
import { localDemand, nodesOfLabs, nodesThere, readHostFacts } from "../../../components/machines/local/preflight";
import { pullsOf } from "../../../config/pulls";
import type { LabConfig } from "../../../config/schema";
import type { CommandContext } from "../../../core/command-context";
import { examineHosts } from "./examine-hosts";
import type { Finding } from "./finding";
import { localFindings } from "./local-findings";
import { pullsFinding } from "./pulls";

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
    readRoom(engine, nodesOfLabs(facts)),
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
