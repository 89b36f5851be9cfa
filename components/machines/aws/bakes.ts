import type { LabConfig } from "../../../config/schema";
import type { AwsOrigin } from "../../../core/aws/facts";
import { type BakeIdentity, bakeIdentity, chooseBake, NO_BAKE } from "../../../core/bake";
import { commonUserData, PROGRAM, sharedInputs } from "../bake-inputs";

/** Names of the tags by which a machine image, and its snapshot, is known as a bake. */
export const AWS_BAKE_TAGS = { hash: "bake", machineHash: "bake-machine", state: "bake-state" } as const;

/** Values of the tag `bake-state`: only a ready one is ever used. */
export const AWS_BAKE_STATES = { ready: "ready", halfMade: "half-made" } as const;

/** A finished bake in the account. */
export interface AwsBake {
  readonly ami: string;
  readonly machineHash: string | undefined;
}

/** Who asks the account about bakes. */
export interface AwsBakeQueries {
  /** The account's own finished bake of this hash, for this architecture, in the region; undefined: there is none. */
  bake(hash: string, architecture: string): Promise<AwsBake | undefined>;
  /** Whether machines of the class were made from an image. */
  hasMachinesFrom(ami: string): Promise<boolean>;
}

/** Which image the machines of a class are made from. */
export interface AwsImageChoice {
  readonly ami: string;
  /** Whether machines that are there stay as they are when their image is another one. */
  readonly oldMachines: "stay" | "replaced";
  /** Why the bake in `aws.bake` is not taken. */
  readonly unfit: string | undefined;
}

/** The identity of the bake for a config. An image of Ubuntu's that has moved makes another bake, and no new machines. */
export function awsBakeIdentity(
  config: LabConfig,
  { architecture, image }: AwsOrigin,
  program: string = PROGRAM,
): BakeIdentity {
  const platform = `linux/${architecture}` as const;
  const kind = { platform, artefactDirectory: config.artefacts.directory };
  return bakeIdentity({
    ...sharedInputs(config, program),
    machine: { platform, nodeImage: "ami", userData: commonUserData(config, kind) },
    // No machine may have a smaller disk than the one that the image was made of.
    baseImage: `${image.id} ${config.aws.rootGigabytes} GiB`,
    // Whatever is in the folder of artefacts is part of the image.
    archives: {},
  });
}

/** Which image machines are made from: the bake in `aws.bake` if it may be used, else the one that there would be without. */
export async function chooseAwsImage(
  config: LabConfig,
  origin: AwsOrigin,
  region: string,
  queries: AwsBakeQueries,
): Promise<AwsImageChoice> {
  const wanted = config.aws.bake;
  if (wanted === undefined || wanted === NO_BAKE) {
    return { ami: origin.image.id, oldMachines: "stay", unfit: undefined };
  }
  const current = awsBakeIdentity(config, origin);
  const found = await queries.bake(wanted, origin.image.architecture);
  // Nobody needs to be asked about machines while the bake is the one of today.
  const isThere = found !== undefined && wanted !== current.hash && (await queries.hasMachinesFrom(found.ami));
  const machines = isThere ? "there" : "none";
  const choice = chooseBake({ wanted, place: region, machineHash: found?.machineHash, current, machines });
  if (choice === "fits" && found !== undefined) {
    return { ami: found.ami, oldMachines: "stay", unfit: undefined };
  }
  return {
    ami: origin.image.id,
    // What they are made from has changed, so they are recreated anyway: not once more from the bake that is out of date.
    oldMachines: machines === "there" ? "replaced" : "stay",
    unfit: choice === "fits" ? undefined : choice.unfit,
  };
}
