import { containerRun, DECLARED, type LessonNames } from "../names";
import type { Check, LessonStep, Lookup } from "../types";
import { BUILD_FINISHED, NO_BUILDKIT, SAYS_HELLO } from "./dockerfile";

/** What v0.2 prints besides. */
export const SAYS_VERSION: Check = { expected: 'the new line, "this is v0.2"', matches: ["^this is v0\\.2$"] };

/** Step 4: change the program, build again, and see what Docker need not do again. */
export function layers(names: LessonNames): LessonStep {
  const [first, second] = [`${names.hello}:v0.1`, `${names.hello}:v0.2`];
  const lookups = { "image ID": helloLookup(first) };
  return {
    id: "4",
    title: "Image layers",
    needs: ["3"],
    text: `An image looks like one file system, and is a stack of _layers_. Each instruction of a Dockerfile that changes files makes a layer with just
that change.`,
    tasks: [
      {
        kind: "command",
        text: `Look at the history of your image: what was done, newest first. \`docker image ls\` knows the image's ID.`,
        command: "docker image history <image ID>",
        lookups,
        checks: [
          {
            expected: "the base image's lines and one for each instruction",
            matches: ["RUN ", "COPY \\. /app", "WORKDIR /app", "CMD "],
          },
        ],
        example: `IMAGE          CREATED         CREATED BY                                SIZE
92d79b6de29f   3 minutes ago   CMD ["node" "index.js"]                   0B
<missing>      3 minutes ago   WORKDIR /app                              0B
<missing>      3 minutes ago   COPY . /app # buildkit                    235B
<missing>      3 minutes ago   RUN /bin/sh -c ${names.imageBase === "lesson" ? "apk update && apk add no…" : "apt-get update && apt-ge…"}  65MB
<missing>      5 weeks ago     CMD ["/bin/sh"]                           0B`,
      },
      {
        kind: "command",
        text: "Change the program: this adds a line to it.",
        command: 'echo "console.log(\\"this is v0.2\\");" >> index.js',
        checks: [],
      },
      {
        kind: "command",
        text: `Build it again as \`${second}\`. With a tag of its own, the old version stays, and everybody can say which one they mean.`,
        command: `docker image build -t ${second} .`,
        checks: [
          BUILD_FINISHED,
          {
            expected: "CACHED before the RUN instruction: Node.js was not installed again",
            matches: ["^ => CACHED \\[2/4\\] RUN "],
          },
        ],
        causes: NO_BUILDKIT,
        example: `[+] Building 0.4s (9/9) FINISHED
 => [internal] load build definition from Dockerfile                  0.0s
 => [1/4] FROM docker.io/library/${names.alpine}                               0.0s
 => CACHED [2/4] RUN ${names.imageBase === "lesson" ? "apk update && apk add nodejs" : "apt-get update && apt-get in"}                     0.0s
 => [3/4] COPY . /app                                                 0.0s
 => [4/4] WORKDIR /app                                                0.0s
 => exporting to image                                                0.0s`,
      },
      {
        kind: "command",
        text: "That took a fraction of the first build's time. Run it:",
        command: `${containerRun(names, "hello-2")} ${second}`,
        checks: [SAYS_HELLO, SAYS_VERSION],
        example: "hello from 5c1b0f7d9e3a\nthis is v0.2",
      },
      {
        kind: "proof",
        command: `${containerRun(names, "declared-hello-2")} --rm --pull never ${DECLARED.hello}:v0.2`,
        checks: [
          SAYS_HELLO,
          { ...SAYS_VERSION, expected: `${SAYS_VERSION.expected}, from ${DECLARED.hello}:v0.2 as lab up built it` },
        ],
      },
    ],
    closing: `Look for the word \`CACHED\`. Docker compares each instruction with what it has done before. Up to the first difference it takes the layers
that it has; here that is all up to \`RUN\`. \`COPY\` finds a changed file, so this layer and those after it are built again.

So the order of instructions matters: put what changes often at the end.`,
  };
}

/** How the student and verify find the ID of an image of hello. */
export function helloLookup(image: string): Lookup {
  return {
    how: `the column \`IMAGE ID\` of \`docker image ls\` (\`ID\` in Docker 29), in the row of \`${image}\`; the name will do, too`,
    command: `docker image ls --quiet ${image}`,
    example: "92d79b6de29f",
  };
}
