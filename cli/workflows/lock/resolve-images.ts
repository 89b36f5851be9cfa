import type { OpenLock } from "../../../config/lock";
import { type Move, moved, type Resolved, reasonOf, type Unasked } from "./moves";
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
