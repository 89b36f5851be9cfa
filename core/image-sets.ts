import lock from "../lab.lock.json";

/** Which images the lesson starts from. */
export type ImageBase = "lesson" | "debian";

/** An image that a Dockerfile of the lesson starts from. */
export interface BaseImage {
  /** Name in the `FROM` line, tag included. */
  readonly tag: string;
  /** What it is, by digest. */
  readonly source: string;
}

interface ImageSet {
  readonly baseImages: readonly BaseImage[];
  /** Folder of the build contexts, relative to the program. */
  readonly contexts: string;
}

/** The lesson's own images, and their twins for classes without an Alpine or Ubuntu mirror. */
export const IMAGE_SETS: Readonly<Record<ImageBase, ImageSet>> = {
  lesson: {
    baseImages: [
      { tag: "alpine:latest", source: lock.images.alpine },
      { tag: "ubuntu:latest", source: lock.images.ubuntu },
    ],
    contexts: "images",
  },
  debian: { baseImages: [{ tag: "debian:bookworm", source: lock.images.debian }], contexts: "images/debian" },
};
