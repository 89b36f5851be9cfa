import * as pulumi from "@pulumi/pulumi";
import { type DockerEngine, readDockerEngine } from "../../adapters/docker/engine";
import { expiryOf, expiryProblems, standingExpiry } from "../../config/expiry";
import { configErrorText } from "../../config/parse";
import type { LabConfig } from "../../config/schema";
import { runError } from "../run-error";
import { chosenHost } from "./chosen-host";
import { openHosts } from "./docker-hosts/open";
import { checkBake } from "./local/bakes";
import { findLocalMirror } from "./local/mirror";
import { findPortalDemand } from "./local/portal";
import { examineLocal, localDemand } from "./local/preflight";
import { LocalTarget } from "./local/target";
import type { Target } from "./machine";

/** The config's target, ready to create machines. Throws one `RunError` with all problems, before any resource is created. */
export async function openTarget(config: LabConfig): Promise<Target> {
  const targets: Readonly<Record<LabConfig["target"], () => Promise<Target>>> = {
    local: () => openLocal(config),
    aws: () => openAws(config),
  };
  return targets[config.target]();
}

/** Loaded on demand: a local lab needs neither the AWS package nor its plugin. */
function openAws(config: LabConfig): Promise<Target> {
  // An `import()` of our own TypeScript works neither in the program nor in `lab` (docs/adr/0010).
  const opener = require("./aws/open") as typeof import("./aws/open");
  return opener.openAws(config);
}

async function openLocal(config: LabConfig): Promise<Target> {
  if (config.docker.hosts !== undefined) {
    return openHosts(config, config.docker.hosts);
  }
  const engine = await askEngine(await chosenHost(config));
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
    throw runError(configErrorText(problems));
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
    bake: await bakeOf(config, engine),
    mirror,
  });
}

/** The bake's image if it fits; otherwise undefined, with a warning. */
async function bakeOf(config: LabConfig, engine: DockerEngine): Promise<string | undefined> {
  const bake = await checkBake(pulumi.getStack(), config, engine);
  if (bake === undefined || bake.choice === "fits") {
    return bake?.image;
  }
  await pulumi.log.warn(
    `local.bake: ${bake.choice.unfit}; creating nodes without a bake; run ./lab bake to create a new one`,
  );
  return undefined;
}

async function askEngine(host: string): Promise<DockerEngine> {
  try {
    return await readDockerEngine(host);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw runError(
      `The Docker Engine at ${host} cannot be used: ${reason}.\n` +
        "Start it, or set another one: pulumi config set --path docker.host unix:///path/to/docker.sock\n" +
        "(./lab up starts or installs the Docker Engine of this machine.)",
    );
  }
}
