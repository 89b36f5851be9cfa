import { IMAGE_SETS } from "../core/image-sets";
import type { LabConfig } from "./schema";

/**
 * How often Docker Hub is asked for an image while a class is made, when nothing of it is there yet. A folder of artefacts
 * counts as having all base images: whether it does is known to its nodes alone.
 */
export function pullsOf(config: LabConfig): number {
  return new Set(engineImages(config).filter(isFromDockerHub)).size + nodePulls(config);
}

/** What the operator's Engine builds on: it keeps what it has pulled, for all seats. */
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

/** What nodes ask Docker Hub for: each of them by itself, or a mirror for them all. */
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

/** As Docker reads names: the first part is a host when it has a dot or a port. What lab-nodes makes is never pulled. */
function isFromDockerHub(image: string): boolean {
  const [first = "", ...rest] = image.split("@")[0]?.split("/") ?? [];
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  return hasHost ? first === "docker.io" : first !== "lab-nodes";
}
