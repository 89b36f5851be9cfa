import { isBaseImage, type KnownSeat, printedIds, resourcesOf } from "./known-seats";
import type { StateResource } from "./state-resource";

/** An image that is to be on a node, and the resource that puts it there. */
export interface DeclaredImage {
  /** As a node names it, e.g. `hello:v0.1`. */
  readonly image: string;
  /** What it was when it was put there; undefined where only its name counts. */
  readonly id: string | undefined;
  /** The resource that is to be replaced where the image is not what it was. */
  readonly urn: string;
}

/** The images that a stack's state has for a seat's node: built there or pulled, and those that they start from. */
export function declaredImages({ node }: KnownSeat, resources: readonly StateResource[]): DeclaredImage[] {
  return resourcesOf(node, resources).flatMap((resource) => {
    if (resource.type === "docker:index/image:Image") {
      return [declared(resource, String(resource.inputs["imageName"]), resource.outputs["repoDigest"])];
    }
    return [`${node}-base-images`, `${node}-pulled-images`].includes(resource.name) ? printedImages(resource) : [];
  });
}

/** What a script printed at its end: one JSON object, name -> id. */
function printedImages(resource: StateResource): DeclaredImage[] {
  return Object.entries(printedIds(resource.outputs["stdout"])).map(([image, id]) => declared(resource, image, id));
}

function declared({ urn }: StateResource, image: string, id: unknown): DeclaredImage {
  // The lesson has students pull base images, which may give them newer ones.
  return { image, id: typeof id === "string" && !isBaseImage(image) ? id : undefined, urn };
}

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
