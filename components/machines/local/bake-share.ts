import type { DockerEngine } from "../../../adapters/docker/engine";
import type { LabConfig } from "../../../config/schema";
import { bakeIdentity, NO_BAKE } from "../../../core/bake";
import { BAKED_NODE_SHARE, NODE_SHARE, type NodeShare } from "../../../core/capacity";
import { readBakeInputs } from "./bake-inputs";
import { bakeExists } from "./bakes";

/** Resources per new node: less with a bake, which `lab up` selects by itself only for a new class. */
export async function shareOfNewNode(config: LabConfig, engine: DockerEngine, there: number): Promise<NodeShare> {
  const { bake } = config.local;
  if (bake === NO_BAKE) {
    return NODE_SHARE;
  }
  const { hash } = bakeIdentity(await readBakeInputs(config, engine));
  const isTaken = there === 0 || bake === hash;
  return isTaken && (await bakeExists(engine, hash)) ? BAKED_NODE_SHARE : NODE_SHARE;
}
