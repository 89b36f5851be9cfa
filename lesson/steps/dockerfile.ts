import { readFileSync } from "node:fs";
import { join } from "node:path";
import { containerRun, DECLARED, type ImageBase, type LessonNames } from "../names";
import type { Cause, Check, FileTask, LessonStep } from "../types";

const HELLO_CONTEXTS: Readonly<Record<ImageBase, string>> = {
  lesson: "images/hello/v0.1",
  debian: "images/debian/hello/v0.1",
};

/** The two files that students write, read from the build context of the declared image, so that they cannot differ. */
export function helloFiles(imageBase: ImageBase): { readonly indexJs: string; readonly dockerfile: string } {
  const read = (name: string) => readFileSync(join(__dirname, "../..", HELLO_CONTEXTS[imageBase], name), "utf8");
  return { indexJs: read("index.js"), dockerfile: read("Dockerfile") };
}

/** What a container of hello:v0.1 prints: its host name is the beginning of its id. */
export const SAYS_HELLO: Check = {
  expected: '"hello from" and the ID of the container',
  matches: ["^hello from [0-9a-f]{12}$"],
};

/**
 * What a build's summary says when all of its steps are done; the number after the words is Docker's own clock. Where two
 * builds share a step, BuildKit may not tell both of its end: that summary counts one too few and lacks the word
 * (moby/buildkit, progressui/display.go), though the image has got its name, which is a build's last work.
 */
export const BUILD_FINISHED: Check = {
  expected: "a finished build, with the time that Docker took",
  matches: ["^\\[\\+\\] Building \\d+\\.\\d+s \\(\\d+/\\d+\\) FINISHED|^ => => naming to \\S+ .*\\d+\\.\\d+s$"],
};

/**
 * Why a build shows no output of BuildKit's. Docker 23 and newer build by the plugin buildx, which Debian and Ubuntu
 * package apart; without it their client uses the legacy builder, or fails if DOCKER_BUILDKIT asks for BuildKit. Older
 * versions have BuildKit built in, and use it if DOCKER_BUILDKIT or the Engine's `features` say so.
 */
export const NO_BUILDKIT: readonly Cause[] = [
  {
    matches: "^ *Install the buildx component to build images with BuildKit",
    found:
      "this node has no buildx, without which Docker cannot build with BuildKit. As root on the node, run: " +
      "apt-get update && apt-get install --yes docker-buildx " +
      "(for Docker's own packages, docker-ce: docker-buildx-plugin)",
  },
  {
    matches: "^Step \\d+/\\d+ : ",
    found:
      "the output of Docker's legacy builder: BuildKit is switched off on this node. On the node, run: " +
      "export DOCKER_BUILDKIT=1",
  },
];

/** Step 3: an image from a Dockerfile. */
export function dockerfile(names: LessonNames): LessonStep {
  const image = `${names.hello}:v0.1`;
  return {
    id: "3",
    title: "Image creation using a Dockerfile",
    needs: [],
    text: `A \`Dockerfile\` is a text file with the instructions that make an image. You keep it with your source code, read it, compare it, and
build the image again whenever something in it should be renewed; nobody has to remember what was typed.

You will package a small Node.js program, without knowing Node.js.

Look at your prompt first: it has to be the one of your machine, \`<hostname>\`. If it looks like \`root@b934ed40b559:/#\`, you are still in the
container of step 2: type \`exit\`. If you type it once too often, your connection ends; just open it again. Nothing is lost.`,
    tasks: [
      ...files(names),
      {
        kind: "command",
        text: `Build the image and name it \`${image}\`. The dot at the end is the folder whose files the build may use.`,
        command: `docker image build -t ${image} .`,
        checks: [
          BUILD_FINISHED,
          { expected: "the step that installs Node.js", matches: ["^ => (CACHED )?\\[2/4\\] RUN "] },
        ],
        causes: NO_BUILDKIT,
        example: `[+] Building 6.2s (9/9) FINISHED
 => [internal] load build definition from Dockerfile                  0.0s
 => [1/4] FROM docker.io/library/${names.alpine}                               0.0s
 => [2/4] RUN ${names.imageBase === "lesson" ? "apk update && apk add nodejs" : "apt-get update && apt-get install   "}                            5.1s
 => [3/4] COPY . /app                                                 0.0s
 => [4/4] WORKDIR /app                                                0.0s
 => exporting to image                                                0.4s`,
      },
      {
        kind: "command",
        text: "Docker found the recipe by its name, `Dockerfile`. One with another name, or elsewhere, is given with `-f`. Now run it:",
        command: `${containerRun(names, "hello-1")} ${image}`,
        checks: [SAYS_HELLO],
        example: "hello from 92d79b6de29f",
      },
      {
        kind: "proof",
        command: `${containerRun(names, "declared-hello-1")} --rm --pull never ${DECLARED.hello}:v0.1`,
        checks: [{ ...SAYS_HELLO, expected: `${SAYS_HELLO.expected}, from ${DECLARED.hello}:v0.1 as lab up built it` }],
      },
    ],
    closing: `What the instructions did:

1. \`FROM\` named the image to build on.
2. \`RUN\` ran a command in it, which installed Node.js.
3. \`COPY\` copied your files into it: \`index.js\`, and the \`Dockerfile\` too, since it is in the same folder.
4. \`WORKDIR\` set the folder that the container starts in.
5. \`CMD\` set what runs when the container is started with no command of its own, as you just did.

Who gets your image needs none of this: \`docker container run\` is all they type.`,
  };
}

function files(names: LessonNames): FileTask[] {
  const { indexJs, dockerfile: content } = helloFiles(names.imageBase);
  return [
    {
      kind: "file",
      text: "Write a file `index.js`, with `vi`, `nano` or any editor you like. The program asks for its computer's name and prints it. In a container that is the container's ID.",
      path: "index.js",
      language: "js",
      content: indexJs,
    },
    {
      kind: "file",
      text: `Write a file \`Dockerfile\` next to it: ${names.alpine} as a base, Node.js on top, then your files, and the command to run.`,
      path: "Dockerfile",
      language: "dockerfile",
      content,
    },
  ];
}
