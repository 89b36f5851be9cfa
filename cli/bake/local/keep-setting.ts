import { bakeExists, hasMachines } from "../../../components/machines/bake/bakes";
import { NO_BAKE } from "../../../components/machines/bake/choose";
import { bakeIdentity } from "../../../components/machines/bake/identity";
import { readBakeInputs } from "../../../components/machines/bake/inputs";
import type { DockerEngine } from "../../../components/machines/docker-engine";
import type { StackConfig } from "../../pulumi/stack-config";
import type { CommandContext } from "../../surroundings";
import { wantedConfig } from "../../wanted-config";

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
  if (await bakeExists(docker, hash)) {
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
