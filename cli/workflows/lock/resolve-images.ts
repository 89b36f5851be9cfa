import { awsSchema } from "../../../config/aws";
import type { OpenLock } from "../../../config/lock";
import { LabError } from "../../../core/errors";
import { type Resolved, resolvePin } from "./lock-file";
import type { LockNetwork } from "./network";

type Images = OpenLock["images"];

/** Today's digests of the images' tags. The tags do not change. */
export async function resolveImages(images: Images, network: LockNetwork): Promise<Resolved<Images>> {
  const resolve = (name: keyof Images) => {
    const [tagged = ""] = images[name].split("@");
    return resolvePin(`images.${name}`, images[name], async () => `${tagged}@${await network.digest(tagged)}`);
  };
  const [alpine, ubuntu, debian] = await Promise.all([resolve("alpine"), resolve("ubuntu"), resolve("debian")]);
  const all = [alpine, ubuntu, debian];
  return {
    value: { alpine: alpine.value, ubuntu: ubuntu.value, debian: debian.value },
    moves: all.flatMap(({ moves }) => moves),
    unasked: all.flatMap(({ unasked }) => unasked),
  };
}

type Aws = OpenLock["aws"];

/** Throws for names that no AWS region can have, before anything is looked up. */
export function requireRegions(regions: readonly string[]): void {
  const wrong = regions.filter((region) => !awsSchema.shape.region.safeParse(region).success);
  if (wrong.length > 0) {
    throw new LabError(`--region must be the name of a region, such as eu-central-1, not "${wrong.join('", "')}".`, {
      exitCode: 2,
    });
  }
}

/**
 * Canonical's current machine images, in the regions of the lock file and in the `requested` ones. Throws if one of the
 * requested regions cannot be looked up.
 */
export async function resolveMachineImages(
  aws: Aws,
  requested: readonly string[],
  network: LockNetwork,
): Promise<Resolved<Aws>> {
  const regions = [...new Set([...Object.keys(aws.images), ...requested])].sort();
  const found = await Promise.all(regions.map((region) => resolveRegion(region, aws.images[region] ?? {}, network)));
  const failed = found.flatMap(({ unasked }, index) => (requested.includes(regions[index] ?? "") ? unasked : []));
  if (failed.length > 0) {
    const list = failed.map(({ what, reason }) => `  ${what}: ${reason}`).join("\n");
    throw new LabError(`Could not look up the machine images:\n${list}`);
  }
  return {
    value: { images: Object.fromEntries(found.map(({ value }, index) => [regions[index] ?? "", value])) },
    moves: found.flatMap(({ moves }) => moves),
    unasked: found.flatMap(({ unasked }) => unasked),
  };
}

type RegionImages = NonNullable<Aws["images"][string]>;

async function resolveRegion(
  region: string,
  before: RegionImages,
  network: LockNetwork,
): Promise<Resolved<RegionImages>> {
  const resolve = (architecture: keyof RegionImages) =>
    resolvePin(`aws.images.${region}.${architecture}`, before[architecture], () =>
      network.machineImage(region, architecture),
    );
  const amd64 = await resolve("amd64");
  if (amd64.unasked.length > 0) {
    // The second query would fail for the same reason.
    return { value: before, moves: [], unasked: amd64.unasked };
  }
  const arm64 = await resolve("arm64");
  return {
    value: { ...before, amd64: amd64.value, ...(arm64.value === undefined ? {} : { arm64: arm64.value }) },
    moves: [...amd64.moves, ...arm64.moves],
    unasked: arm64.unasked,
  };
}
