import * as pulumi from "@pulumi/pulumi";
import { dockerClient } from "../../../adapters/docker/client";
import type { DockerEngine } from "../../../adapters/docker/engine";
import { expiryOf, expiryProblems, standingExpiry } from "../../../config/expiry";
import { serverOf } from "../../../config/hosts";
import type { LabConfig } from "../../../config/schema";
import { artefactVolumeName } from "../../../core/resource-names";
import { seatsOf } from "../../../core/seats";
import { configError } from "../../run-error";
import { usableBake } from "../local/open";
import { findLocalProblems, localDemand } from "../local/preflight";
import type { LocalTargetArgs } from "../local/target";
import type { Target } from "../machine";
import { askHosts, hostAnswersProblems } from "./answers";
import { amongHosts, HostsTarget } from "./target";

/** Several Docker hosts, ready to create machines. Throws one `RunError` with all problems, before any resource is created. */
export async function openHosts(config: LabConfig, hosts: readonly string[]): Promise<Target> {
  const slots = seatsOf(config).map(({ slot }) => slot);
  const slotsOn = (host: string) => slots.filter((slot) => config.placement[slot] === host);
  const answers = await askHosts(hosts.filter((host) => slotsOn(host).length > 0));
  const answering = answers.flatMap(({ engine }) => (engine === undefined ? [] : [engine]));
  const now = new Date();
  const ofHosts = await Promise.all(answering.map((engine) => hostProblems(config, engine, slotsOn(engine.host))));
  const problems = [
    ...expiryProblems(standingExpiry(config, now), now),
    ...slots
      .filter((slot) => config.placement[slot] === undefined)
      .map(
        (slot) =>
          `placement.${slot}: has no Docker host yet; run ./lab up, which places it according to each host's capacity`,
      ),
    ...hostAnswersProblems(answers),
    ...ofHosts.flat(),
  ];
  const [first] = answering;
  if (problems.length > 0 || first === undefined) {
    throw configError(problems);
  }
  const bakes = new Map(
    await Promise.all(answering.map(async (engine) => [engine.host, await usableBake(config, engine)] as const)),
  );
  const { publish } = config.docker;
  const targets = answers.map(({ host, engine }): LocalTargetArgs => {
    const state = engine === undefined ? "silent" : "answers";
    return {
      // A silent host gets the facts of another one; inputs that depend on the host are not changed.
      engine: engine ?? { ...first, host },
      baseImage: config.local.baseImage,
      sshPort: config.local.sshPort,
      artefactDirectory: config.artefacts.directory,
      expiry: expiryOf(config),
      bake: bakes.get(engine?.host ?? first.host),
      among: amongHosts(host, { stack: pulumi.getStack(), publish, state }),
    };
  });
  return new HostsTarget(targets, config.placement);
}

/** Problems of a host's part of the class. `lab` checks capacity when it places seats. */
async function hostProblems(config: LabConfig, engine: DockerEngine, slots: readonly string[]): Promise<string[]> {
  const stack = pulumi.getStack();
  const demand = { ...localDemand(stack, config), slots: new Set(slots), capacityCheck: "skipped" } as const;
  const problems = [...(await findLocalProblems(engine, demand)), ...(await volumeProblems(config, engine, stack))];
  return problems.map((problem) => `${problem} (on ${engine.host})`);
}

/** Docker would create a missing volume, empty. */
async function volumeProblems({ artefacts }: LabConfig, { host }: DockerEngine, stack: string): Promise<string[]> {
  if (artefacts.directory === undefined || serverOf(host) === undefined || pulumi.runtime.isDryRun()) {
    return [];
  }
  const name = artefactVolumeName(stack);
  const { Volumes } = await dockerClient(host).listVolumes({ filters: { name: [name] } });
  const exists = (Volumes ?? []).some(({ Name }) => Name === name);
  return exists ? [] : ["artefacts.directory: its files have not been copied to this host; run ./lab up to copy them"];
}
