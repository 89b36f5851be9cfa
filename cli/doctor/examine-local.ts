import { readDockerEngine } from "../../components/machines/docker-engine";
import { dockerHost } from "../../components/machines/docker-host";
import { findLocalProblems, localDemand } from "../../components/machines/local-preflight";
import type { LabConfig } from "../../config/schema";
import type { CommandContext } from "../surroundings";
import type { Finding } from "./finding";

/** What speaks for and against a class on the Docker Engine. */
export async function examineLocal({ options, surroundings }: CommandContext, config: LabConfig): Promise<Finding[]> {
  const engine = await readDockerEngine(config.docker.host ?? (await dockerHost(surroundings.environment)));
  const problems = await findLocalProblems(engine, localDemand(options.stack, config));
  return problems.map((text) => ({ subject: "machine", verdict: "bad", text, advice: undefined }));
}
