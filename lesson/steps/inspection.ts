import type { LessonNames } from "../names";
import type { LessonStep, ProofTask } from "../types";
import { helloLookup } from "./layers";

const LAYERS = '--format "{{ json .RootFS.Layers }}"';
const LAYER_LIST = '^\\["sha256:[0-9a-f]{64}"(, ?"sha256:[0-9a-f]{64}")*\\]$';
const EXAMPLE = {
  base: layer("60ab55d3"),
  hello: [layer("60ab55d3"), layer("5ac283aa"), layer("2ecb254b"), layer("5f70bf18")],
};

/** Step 5: what is in an image. */
export function inspection(names: LessonNames): LessonStep {
  const base = names.alpine;
  const first = `${names.hello}:v0.1`;
  return {
    id: "5",
    title: "Image inspection",
    needs: ["3", "4"],
    text: "You got an image from somebody else. What is in it, what does it run, which system is it for? `inspect` tells.",
    tasks: [
      {
        kind: "command",
        text: `\`docker image ls\` shows whether the image \`${base}\` is here; it should be. Only if it is not, pull it:`,
        command: `docker image pull ${base}`,
        unless: `docker image inspect ${base}`,
        checks: [],
      },
      {
        kind: "command",
        text: "Inspect it.",
        command: `docker image inspect ${base}`,
        checks: [
          {
            expected: "the image's name, system, and layers, as JSON",
            matches: [`"${base}(:latest)?"`, '"Os": "linux"', '"Layers": \\['],
          },
        ],
        example: `[
    {
        "Id": "sha256:14f60031763d...",
        "RepoTags": [
            "${base.includes(":") ? base : `${base}:latest`}"
        ],
        "Architecture": "amd64",
        "Os": "linux",
        "RootFS": {
            "Type": "layers",
            "Layers": [
                "${EXAMPLE.base}"
            ]
        }
    }
]`,
      },
      {
        kind: "command",
        text: "It is a lot, and it is JSON, so you can ask for just a part of it. These are its layers:",
        command: `docker image inspect ${LAYERS} ${base}`,
        checks: [{ expected: "a list of layers", matches: [LAYER_LIST] }],
        example: JSON.stringify([EXAMPLE.base]),
      },
      {
        kind: "command",
        text: "A base system is often a single layer. Now the image that you have built on it:",
        command: `docker image inspect ${LAYERS} <image ID>`,
        lookups: { "image ID": helloLookup(first) },
        checks: [{ expected: "a list of layers", matches: [LAYER_LIST] }],
        example: JSON.stringify(EXAMPLE.hello),
      },
      sharedLayers(names),
    ],
    closing: `Compare the two lists. The base image's layer is the first one of yours too: the same sum, so the same content, and it is stored
once for both. On top come the layers of \`RUN\` and of \`COPY\`. (\`WORKDIR\` makes one as well, an empty one, with today's builder.)

A layer never changes once it is made. A container gets one more layer of its own, on top, and all that it writes goes there; start a
new container, and you start from the clean image again. What has to outlive its container, such as a database's files, belongs in
a _volume_.`,
  };
}

/** Builders differ in how many layers they make; what they must share, and what not, is the same with all of them. */
function sharedLayers({ alpine, hello }: LessonNames): ProofTask {
  const layersOf = (image: string) => `"$(docker image inspect --format '{{ json .RootFS.Layers }}' ${image})"`;
  const program = `($base | length) as $n | {
    base: $base, "v0.1": $first, "v0.2": $second,
    baseIsInBoth: ($first[:$n] == $base and $second[:$n] == $base),
    runIsShared: ($first[:$n + 1] == $second[:$n + 1]),
    copyDiffers: ($first[$n + 1] != $second[$n + 1]) }`;
  return {
    kind: "proof",
    command: `jq --null-input --argjson base ${layersOf(alpine)} --argjson first ${layersOf(`${hello}:v0.1`)} --argjson second ${layersOf(`${hello}:v0.2`)} '${program}'`,
    checks: [
      { expected: "the base image's layers at the beginning of both versions", contains: ['"baseIsInBoth": true'] },
      { expected: "one layer of the RUN instruction, shared by both versions", contains: ['"runIsShared": true'] },
      { expected: "different layers of the COPY instruction", contains: ['"copyDiffers": true'] },
    ],
  };
}

function layer(start: string): string {
  return `sha256:${start.repeat(8)}`;
}
