import type { DockerEngine } from "../../../adapters/docker/engine";
import type { MachineKind } from "../../../core/machine";

/** Where `artefacts.directory` appears on a node. */
export const ARTEFACT_DIRECTORY = "/opt/lab-nodes/artefacts";

/** Properties of the machines on an Engine, known before any is created. */
export function localMachineKind(engine: DockerEngine, artefactDirectory: string | undefined): MachineKind {
  return {
    platform: engine.platform,
    artefactDirectory: artefactDirectory === undefined ? undefined : ARTEFACT_DIRECTORY,
  };
}
