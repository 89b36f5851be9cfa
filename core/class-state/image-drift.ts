import type { DeclaredImage } from "./declared-images";

/** Name -> id of the images that a node has. */
export type NodeImages = ReadonlyMap<string, string>;

/** An image that is not on its node any more, or not as it was put there. */
export interface ImageDrift {
  readonly image: string;
  readonly kind: "removed" | "retagged";
  /** Id of what has its name now. */
  readonly found: string | null;
  /** The resource that puts it there. */
  readonly urn: string;
}

/** What the docker plugin never notices: it asks no node for its images. */
export function imageDrift(declared: readonly DeclaredImage[], there: NodeImages): ImageDrift[] {
  return declared.flatMap(({ image, id, urn }): ImageDrift[] => {
    const found = there.get(image);
    if (found === undefined) {
      return [{ image, kind: "removed", found: null, urn }];
    }
    return id === undefined || id === found ? [] : [{ image, kind: "retagged", found, urn }];
  });
}

/** A drift in words, to follow the seat's name. What took an image's name away stays on the node, and can be found by its id. */
export function describeDrift({ image, kind, found }: ImageDrift): string {
  return kind === "removed" ? `${image} was removed` : `${image} is another image now (${found?.slice(0, SHORT_ID)})`;
}

/** As long as Docker's own short ids, `sha256:` and twelve digits. */
const SHORT_ID = 19;
