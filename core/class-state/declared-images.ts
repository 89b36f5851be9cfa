import { isBaseImage, type KnownSeat, printedIds, resourcesOf } from "./known-seats";
import type { StateResource } from "./state-resource";

/** An image that a node should have, and its resource. */
export interface DeclaredImage {
  /** As a node names it, e.g. `hello:v0.1`. */
  readonly image: string;
  /** Its id when it was created there; undefined where only its name counts. */
  readonly id: string | undefined;
  /** The resource to replace if the image is another one now. */
  readonly urn: string;
}

/** The images of a seat's node in a stack's state: built there or pulled, and their base images. */
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

/** An image that is missing from its node, or is another one now. */
export interface ImageDrift {
  readonly image: string;
  readonly kind: "removed" | "retagged";
  /** Id of the image that has its name now. */
  readonly found: string | null;
  /** The resource that creates it. */
  readonly urn: string;
}

/** Drift that the docker plugin never notices, because it does not ask nodes for their images. */
export function imageDrift(declared: readonly DeclaredImage[], there: NodeImages): ImageDrift[] {
  return declared.flatMap(({ image, id, urn }): ImageDrift[] => {
    const found = there.get(image);
    if (found === undefined) {
      return [{ image, kind: "removed", found: null, urn }];
    }
    return id === undefined || id === found ? [] : [{ image, kind: "retagged", found, urn }];
  });
}

/** A description of drift, to follow the seat's name. The image that has the name now can be found by its id. */
export function describeDrift({ image, kind, found }: ImageDrift): string {
  return kind === "removed" ? `${image} was removed` : `${image} is another image now (${found?.slice(0, SHORT_ID)})`;
}

/** As long as Docker's own short ids, `sha256:` and twelve digits. */
const SHORT_ID = 19;
