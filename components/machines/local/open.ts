import * as pulumi from "@pulumi/pulumi";
import { dockerHost } from "../../../adapters/docker/client";
import { type DockerEngine, readDockerEngine } from "../../../adapters/docker/engine";
import { expiryOf, expiryProblems, standingExpiry } from "../../../config/expiry";
import type { LabConfig } from "../../../config/schema";
import { messageOf, UnusableEngineError } from "../../../core/errors";
import { configError, runError } from "../../run-error";
import type { Target } from "../machine";
import { checkBake } from "./bakes";
import { findLocalMirror } from "./mirror";
import { findPortalDemand } from "./portal";
import { examineLocal, localDemand } from "./preflight";
import { LocalTarget } from "./target";

/** One Docker Engine, ready to create machines. Throws one `RunError` with all problems, before any resource is created. */
export async function openLocal(config: LabConfig): Promise<Target> {
  const engine = await operatorEngine(config, (host, reason) => [
    `The Docker Engine at ${host} cannot be used: ${reason}.`,
    "Start it, or set another one: pulumi config set --path docker.host unix:///path/to/docker.sock",
    "(./lab up starts or installs the Docker Engine of this machine.)",
  ]);
  const now = new Date();
  const { mirror, problems: mirrorProblems } = await findLocalMirror(config, engine);
  const portal = await findPortalDemand(config, engine);
  const local = await examineLocal(engine, localDemand(pulumi.getStack(), config));
  const problems = [
    ...expiryProblems(standingExpiry(config, now), now),
    ...portal.problems,
    ...local.problems,
    ...mirrorProblems,
  ];
  if (problems.length > 0) {
    throw configError(problems);
  }
  for (const line of local.capacity) {
    // `lab up` refuses for this before pulumi starts, unless `--force` says otherwise.
    await pulumi.log.warn(line);
  }
  return new LocalTarget({
    engine,
    baseImage: config.local.baseImage,
    sshAddress: portal.sshAddress,
    sshPort: config.local.sshPort,
    artefactDirectory: config.artefacts.directory,
    expiry: expiryOf(config),
    bake: await usableBake(config, engine),
    mirror,
  });
}

/** The image of the config's bake if it fits; otherwise undefined, with a warning. */
export async function usableBake(config: LabConfig, engine: DockerEngine): Promise<string | undefined> {
  const bake = await checkBake(pulumi.getStack(), config, engine);
  if (bake === undefined || bake.choice === "fits") {
    return bake?.image;
  }
  // With several Docker hosts, `lab up` copies a bake that is missing on one of them.
  const hint = config.docker.hosts === undefined ? "; run ./lab bake to create a new one" : "";
  await pulumi.log.warn(`local.bake: ${bake.choice.unfit}; creating nodes on ${engine.host} without a bake${hint}`);
  return undefined;
}

/**
 * The operator's Docker Engine: that of the config, else the docker client's. Throws a `RunError` if it cannot be used, with
 * the lines of `describe`.
 */
export async function operatorEngine(
  { docker }: LabConfig,
  describe: (host: string, reason: string) => string[],
): Promise<DockerEngine> {
  const host = docker.host ?? (await clientHost());
  try {
    return await readDockerEngine(host);
  } catch (error) {
    throw runError(describe(host, messageOf(error)).join("\n"));
  }
}

async function clientHost(): Promise<string> {
  try {
    return await dockerHost(process.env);
  } catch (error) {
    throw error instanceof UnusableEngineError ? runError(error.message) : error;
  }
}
