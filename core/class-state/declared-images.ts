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
