import type { DockerEngine } from "../../../adapters/docker/engine";
import type { OpenedStack } from "../../../adapters/pulumi/open-stack";
import type { Placement } from "../../../config/hosts";
import type { LabConfig } from "../../../config/schema";

/** A stack that is ready for `up` or `preview`. */
export interface PreparedLab extends OpenedStack {
  readonly settings: LabConfig;
  /** The Engine that local machines run on; of several the one for shared resources; undefined for other targets. */
  readonly docker: DockerEngine | undefined;
  /** The hosts of a class that has several. */
  readonly hosts?: ClassHosts | undefined;
}

/** The Docker hosts of a class that has several. */
export interface ClassHosts {
  /** Those that answer. */
  readonly engines: readonly DockerEngine[];
  /** Those that have seats but do not answer, each with the reason. */
  readonly silent: ReadonlyMap<string, string>;
  readonly placement: Placement;
}
