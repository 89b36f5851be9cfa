import lock from "../lab.lock.json";

/** Which images the lesson starts from. */
export type ImageBase = "lesson" | "debian";

/** An image that a Dockerfile of the lesson starts from. */
interface BaseImage {
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
  debian: { baseImages: [{ tag: "debian:trixie", source: lock.images.debian }], contexts: "images/debian" },
};

/** Base images of earlier versions, which running classes have until their next `up`. */
const FORMER_BASE_IMAGES = ["debian:bookworm"];

/** Names of all base images on nodes. */
export const BASE_IMAGE_NAMES: readonly string[] = [
  ...Object.values(IMAGE_SETS).flatMap(({ baseImages }) => baseImages.map(({ tag }) => tag)),
  ...FORMER_BASE_IMAGES,
];

/** An image that the lesson has its students build, and that a node has from the start. */
export interface LessonImage {
  /** Its name in Pulumi, after the node's or the class's. */
  readonly suffix: string;
  /** Folder of its build context, inside that of its image set. */
  readonly context: string;
  /** What the lesson calls it. */
  readonly imageName: string;
}

export const FIGLET: LessonImage = { suffix: "figlet", context: "figlet", imageName: "figlet:latest" };
export const HELLO_V1: LessonImage = { suffix: "hello-v0.1", context: "hello/v0.1", imageName: "hello:v0.1" };
export const HELLO_V2: LessonImage = { suffix: "hello-v0.2", context: "hello/v0.2", imageName: "hello:v0.2" };
