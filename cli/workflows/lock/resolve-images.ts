import { awsSchema } from "../../../config/aws";
import type { OpenLock } from "../../../config/lock";
import type { Architecture } from "../../../core/aws/facts";
import { LabError } from "../../../core/errors";
import { type Move, moved, type Resolved, reasonOf, type Unasked } from "./lock-file";
import type { LockNetwork } from "./network";

type Images = OpenLock["images"];

/** The digests that the images' tags have today. A tag stays what it is. */
export async function resolveImages(images: Images, network: LockNetwork): Promise<Resolved<Images>> {
  const names = ["alpine", "ubuntu", "debian"] as const;
  const found = await Promise.all(names.map((name) => resolveImage(`images.${name}`, images[name], network)));
  const [alpine = images.alpine, ubuntu = images.ubuntu, debian = images.debian] = found.map(({ value }) => value);
  return {
    value: { alpine, ubuntu, debian },
    moves: found.flatMap(({ moves }) => moves),
    unasked: found.flatMap(({ unasked }) => unasked),
  };
}

async function resolveImage(what: string, image: string, network: LockNetwork): Promise<Resolved<string>> {
  const [tagged = image] = image.split("@");
  try {
    const value = `${tagged}@${await network.digest(tagged)}`;
    const moves: Move[] = moved(what, image, value);
    return { value, moves, unasked: [] };
  } catch (error) {
    const unasked: Unasked[] = [{ what, reason: reasonOf(error) }];
    return { value: image, moves: [], unasked };
  }
}

type Aws = OpenLock["aws"];

const ARCHITECTURES: readonly Architecture[] = ["amd64", "arm64"];

/** Refuses what is no name of a region, before anything is asked. */
export function requireRegions(regions: readonly string[]): void {
  const wrong = regions.filter((region) => !awsSchema.shape.region.safeParse(region).success);
  if (wrong.length > 0) {
    throw new LabError(`--region must be the name of a region, such as eu-central-1, not "${wrong.join('", "')}".`, {
      exitCode: 2,
    });
  }
}

/**
 * Canonical's current machine images, in the regions that the lock file has and in those that are `wanted`. What was asked
 * for by name must be had: a failure there is one of the command.
 */
export async function resolveMachineImages(
  aws: Aws,
  wanted: readonly string[],
  network: LockNetwork,
): Promise<Resolved<Aws>> {
  const regions = [...new Set([...Object.keys(aws.images), ...wanted])].sort();
  const found = await Promise.all(regions.map((region) => resolveRegion(region, aws.images[region] ?? {}, network)));
  const failed = found.flatMap(({ region, unasked }) => (wanted.includes(region) ? unasked : []));
  if (failed.length > 0) {
    const list = failed.map(({ what, reason }) => `  ${what}: ${reason}`).join("\n");
    throw new LabError(`Could not look up the machine images:\n${list}`);
  }
  return {
    value: { images: Object.fromEntries(found.map(({ region, images }) => [region, images])) },
    moves: found.flatMap(({ moves }) => moves),
    unasked: found.flatMap(({ unasked }) => unasked),
  };
}

type RegionImages = NonNullable<Aws["images"][string]>;

async function resolveRegion(region: string, before: RegionImages, network: LockNetwork) {
  const images: RegionImages = { ...before };
  const moves: Move[] = [];
  const unasked: Unasked[] = [];
  // One after the other: the second would only fail for the first one's reason.
  for (const architecture of ARCHITECTURES) {
    const what = `aws.images.${region}.${architecture}`;
    try {
      const id = await network.machineImage(region, architecture);
      moves.push(...moved(what, before[architecture], id));
      images[architecture] = id;
    } catch (error) {
      unasked.push({ what, reason: reasonOf(error) });
      break;
    }
  }
  return { region, images, moves, unasked };
}
