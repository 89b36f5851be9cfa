import { IMAGE_SETS } from "../core/image-sets";
import type { LabConfig } from "./schema";

/**
 * Number of image pulls from Docker Hub that creating a class takes, with nothing cached. A folder of artefacts counts as
 * holding all base images, because only the nodes can look into it.
 */
export function pullsOf(config: LabConfig): number {
  return new Set(engineImages(config).filter(isFromDockerHub)).size + nodePulls(config);
}

/** Base images that the operator's Engine pulls, once for all seats. */
function engineImages(config: LabConfig): string[] {
  const { target, images, local } = config;
  const machines = target === "local" ? [local.baseImage] : [];
  if (images.delivery === "build") {
    return machines;
  }
  const bases = images.base === "debian" ? [local.baseImage] : baseImages(config);
  const registry = images.registry === undefined ? [local.baseImage] : [];
  return [...machines, ...bases, ...registry];
}

/** Pulls by the nodes: by each of them, or once by a mirror for all. */
function nodePulls(config: LabConfig): number {
  const { seats, spares, images, artefacts } = config;
  if (images.delivery === "registry" || artefacts.directory !== undefined) {
    return 0;
  }
  return baseImages(config).filter(isFromDockerHub).length * (images.mirror === undefined ? seats + spares : 1);
}

function baseImages({ images }: LabConfig): string[] {
  return IMAGE_SETS[images.base].baseImages.map(({ source }) => source);
}

/** Docker's rule: the first part is a host if it has a dot or a port. Images that lab-nodes builds are never pulled. */
function isFromDockerHub(image: string): boolean {
  const [first = "", ...rest] = image.split("@")[0]?.split("/") ?? [];
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return hasHost ? first === "docker.io" : first !== "lab-nodes";
}
