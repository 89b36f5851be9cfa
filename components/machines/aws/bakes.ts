import type { LabConfig } from "../../../config/schema";
import type { AwsOrigin } from "../../../core/aws/facts";
import { type BakeIdentity, bakeIdentity, chooseBake, NO_BAKE } from "../../../core/bake";
import { PROJECT } from "../../project-files";
import { commonUserData, sharedInputs } from "../bake-inputs";

/** Tags that mark a machine image and its snapshot as a bake. */
export const AWS_BAKE_TAGS = { hash: "bake", machineHash: "bake-machine", state: "bake-state" } as const;

/** Values of the tag `bake-state`: only a ready one is ever used. */
export const AWS_BAKE_STATES = { ready: "ready", halfMade: "half-made" } as const;

/** A finished bake in the account. */
export interface AwsBake {
  /** Id of the machine image. */
  readonly ami: string;
  /** Hash of the inputs of its machine. Undefined: the image has no such tag. */
  readonly machineHash: string | undefined;
}

/** Queries for bakes in the account. */
export interface AwsBakeQueries {
  /** The account's own finished bake of this hash and architecture in the region; undefined if there is none. */
  bake(hash: string, architecture: string): Promise<AwsBake | undefined>;
  /** Whether machines of the class were created from an image. */
  hasMachinesFrom(ami: string): Promise<boolean>;
}

/** The image that a class's machines are created from. */
export interface AwsImageChoice {
  /** Id of the machine image. */
  readonly ami: string;
  /** Whether existing machines stay or are replaced if they have another image. */
  readonly oldMachines: "stay" | "replaced";
  /** Why the bake in `aws.bake` is not used. */
  readonly unfit: string | undefined;
}

/** The identity of the bake for a config. A new Ubuntu image changes it, but does not replace machines. */
export function awsBakeIdentity(config: LabConfig, { architecture, image }: AwsOrigin): BakeIdentity {
  const platform = `linux/${architecture}` as const;
  const kind = { platform, artefactDirectory: config.artefacts.directory };
  return bakeIdentity({
    ...sharedInputs(config, PROJECT),
    machine: { platform, nodeImage: "ami", userData: commonUserData(config, kind) },
    // No machine may have a smaller disk than the image.
    baseImage: `${image.id} ${config.aws.rootGigabytes} GiB`,
    // The folder of artefacts is part of the image.
    archives: {},
  });
}

/** Chooses the image for machines: the bake in `aws.bake` if it may be used, otherwise the base image. */
export async function chooseAwsImage(
  config: LabConfig,
  origin: AwsOrigin,
  region: string,
  queries: AwsBakeQueries,
): Promise<AwsImageChoice> {
  const wanted = config.aws.bake;
  const baseImage = { ami: origin.image.id, oldMachines: "stay", unfit: undefined } as const;
  if (wanted === undefined || wanted === NO_BAKE) {
    return baseImage;
  }
  const current = awsBakeIdentity(config, origin);
  const found = await queries.bake(wanted, origin.image.architecture);
  // Query machines only if the bake is not current.
  const exists = found !== undefined && wanted !== current.hash && (await queries.hasMachinesFrom(found.ami));
  const machines = exists ? "exist" : "none";
  const choice = chooseBake({ wanted, bakeStore: region, machineHash: found?.machineHash, current, machines });
  if (choice === "fits") {
    return { ...baseImage, ami: found?.ami ?? baseImage.ami };
  }
  // Their inputs have changed, so they are replaced anyway, and not from the outdated bake.
  return { ...baseImage, oldMachines: machines === "exist" ? "replaced" : "stay", unfit: choice.unfit };
}
