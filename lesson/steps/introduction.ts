import type { LessonStep } from "../types";

/** Step 1: is Docker there? */
export function introduction(): LessonStep {
  return {
    id: "1",
    title: "Introduction",
    needs: [],
    text: `So far you have run containers from images that other people made: you pulled them from
[Docker Hub](https://hub.docker.com), started several containers, and saw that each of them is alone in its own file system.

Docker Hub holds millions of images, and hardly one of them is just what you need. Your company's base system, your own
program, a tool that is missing: sooner or later you make images of your own. This lesson shows two ways. The quick one turns a
container into an image with \`commit\`. The good one is a recipe, the \`Dockerfile\`. Then you look into images: what they are
made of, and whether they have known security holes.

All commands are typed on your own machine, \`<hostname>\`.`,
    tasks: [
      {
        kind: "command",
        text: "Docker was installed when your machine was made. Ask it who it is. There are two answers, since `docker` is only a client: the work is done by a server, the Docker Engine.",
        command: "docker version",
        checks: [
          {
            expected: "a version of the client and one of the server",
            matches: ["^Client:", "^Server:", "^ *Version: +\\d+\\."],
          },
        ],
        example: `Client:
 Version:           20.10.24+dfsg1
 API version:       1.41

Server:
 Engine:
  Version:          20.10.24+dfsg1
  API version:      1.41 (minimum version 1.12)`,
      },
    ],
    closing: "If there is a message about a daemon instead of a server's version, wait some seconds and try again.",
  };
}
