import type { LessonStep } from "../types";

/** Step 7: the words. */
export function terminology(): LessonStep {
  return {
    id: "7",
    title: "Terminology",
    needs: [],
    text: `The words of this lesson, to look up:

- **Layer**: what one instruction of a Dockerfile changed in the file system. An image is a stack of layers. They are read-only and
  shared between images; a running container has one more on top, its own, which it can write to.
- **Dockerfile**: a text file with the instructions that make an image, in order. The
  [Dockerfile reference](https://docs.docker.com/reference/dockerfile/) explains each of them.
- **Volume**: storage that belongs to no layer. It outlives the containers that use it, and several can share it. That is where a
  database keeps its data.
- **Tag**: a name for an image, such as \`hello:v0.1\`. Without the part after the colon, \`latest\` is meant.
- **Registry**: a server that keeps images and hands them out, such as Docker Hub.`,
    tasks: [],
  };
}
