import type { DockerEngine } from "../../../../adapters/docker/engine";
import type { StackConfig } from "../../../../adapters/pulumi/stack-config";
import { readBakeInputs } from "../../../../components/machines/local/bake-inputs";
import { bakeExists, cgroupNeededBy, hasMachines } from "../../../../components/machines/local/bakes";
import { bakeIdentity, NO_BAKE } from "../../../../core/bake";
import type { CommandContext } from "../../../../core/command-context";
import { wantedConfig } from "../../configure/wanted-config";

/**
 * Writes into a stack's settings which bake its machines are made from, if one fits. Only as long as the class has none: a
 * bake that is made later must not replace machines that students work on.
 */
export async function keepBake(
  { options, reporter }: CommandContext,
  config: StackConfig,
  docker: DockerEngine,
  engines: readonly DockerEngine[] = [docker],
): Promise<void> {
  const settings = wantedConfig(config, new Map());
  const kept = settings.local.bake;
  const areThere = await Promise.all(engines.map((engine) => hasMachines(engine, options.stack)));
  if (kept === NO_BAKE || areThere.includes(true)) {
    return;
  }
  const { hash } = bakeIdentity(await readBakeInputs(settings, docker));
  const isThere = await bakeExists(docker, hash);
  // All hosts or none: of one that does not answer later, the program takes for granted that it is as the others are.
  if (isThere && !(await bootsOnAll(hash, docker, engines))) {
    config.forget("local.bake");
    reporter.warn(`the bake ${hash} was made on cgroup v1 and does not boot on v2, so nodes are made without one`);
  } else if (isThere) {
    if (kept !== hash) {
      config.write(new Map([["local.bake", hash]]));
    }
    reporter.info(`nodes are made from the bake ${hash}`);
  } else if (kept !== undefined) {
    config.forget("local.bake");
    reporter.warn(
      `the bake ${kept} does not fit any more, so nodes are made without one; ./lab bake makes one that does`,
    );
  }
}

async function bootsOnAll(hash: string, docker: DockerEngine, engines: readonly DockerEngine[]): Promise<boolean> {
  const needed = await cgroupNeededBy(hash, docker);
  return needed === "any" || engines.every(({ cgroupVersion }) => cgroupVersion === needed);
}
