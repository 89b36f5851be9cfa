import { containerName, containerRun, DECLARED, imageRow, type LessonNames } from "../names";
import type { LessonStep, Lookup, SessionTask, Task } from "../types";

/** What `figlet hello` prints, as `figlet` draws it in its usual font; ends of lines without spaces. */
export const FIGLET_SAYS_HELLO: readonly string[] = [
  " _          _ _",
  "| |__   ___| | | ___",
  "| '_ \\ / _ \\ | |/ _ \\",
  "| | | |  __/ | | (_) |",
  "|_| |_|\\___|_|_|\\___/",
];

/** What `figlet "hello docker"` prints. */
export const FIGLET_SAYS_HELLO_DOCKER: readonly string[] = [
  " _          _ _             _            _",
  "| |__   ___| | | ___     __| | ___   ___| | _____ _ __",
  "| '_ \\ / _ \\ | |/ _ \\   / _` |/ _ \\ / __| |/ / _ \\ '__|",
  "| | | |  __/ | | (_) | | (_| | (_) | (__|   <  __/ |",
  "|_| |_|\\___|_|_|\\___/   \\__,_|\\___/ \\___|_|\\_\\___|_|",
];

const EXAMPLE = { container: "b934ed40b559", image: "a104f9ae9c37" } as const;

/** Step 2: an image from a container, by `commit`. */
export function container(names: LessonNames): LessonStep {
  return {
    id: "2",
    title: "Image creation from a container",
    needs: [],
    text: `An image can be made out of any container: start one, change it, keep the result. You will install
[figlet](http://www.figlet.org), which draws words in large letters.`,
    tasks: [
      installFiglet(names),
      ...commitContainer(names),
      ...tagImage(names),
      {
        kind: "proof",
        command: `${containerRun(names, "declared-figlet")} --rm --pull never ${DECLARED.figlet}`,
        checks: [
          {
            expected: `"hello docker" in large letters from ${DECLARED.figlet}, as lab up built it`,
            contains: FIGLET_SAYS_HELLO_DOCKER,
          },
        ],
      },
    ],
    closing: `Your image is used just like one from Docker Hub. So far it is on this machine only; to share it you would \`push\` it to a
registry. Never type a password of your own into a lab machine.

Installing manually and then committing works, and it has a drawback: nobody can see how the image came about, and to renew it you
have to do everything again. The next step does better.`,
  };
}

function installFiglet(names: LessonNames): SessionTask {
  const base = names.ubuntu;
  return {
    kind: "session",
    text: `Run a shell in a new container. \`-ti\` connects it to your terminal, so that you can type commands in it.`,
    open: `${containerRun(names, "ubuntu")} -ti ${base} /bin/bash`,
    prompt: "^root@[0-9a-f]{12}:.*#$",
    example: `root@${EXAMPLE.container}:/#`,
    lines: [
      {
        text: "The prompt has changed: you are inside. Fetch the lists of packages,",
        typed: "apt-get update",
        checks: [
          {
            expected: "package lists without an error",
            matches: ["^Reading package lists\\.\\.\\. Done"],
            lacks: ["^(E|Err):"],
          },
        ],
        example: "Reading package lists... Done",
      },
      {
        text: "and install figlet:",
        typed: "apt-get install -y figlet",
        checks: [{ expected: "figlet being set up", matches: ["^Setting up figlet \\("], lacks: ["^E: "] }],
        example: "Setting up figlet (2.2.5-3) ...",
      },
      {
        text: "Try it:",
        typed: 'figlet "hello docker"',
        checks: [{ expected: "hello docker in large letters", contains: FIGLET_SAYS_HELLO_DOCKER }],
        example: FIGLET_SAYS_HELLO_DOCKER.join("\n"),
      },
      {
        text: "Leave the container. It stops, since its shell was all that ran in it.",
        typed: "exit",
        checks: [],
      },
    ],
  };
}

/** Look for the container, see what changed in it, and keep it as an image. */
function commitContainer(names: LessonNames): Task[] {
  const lookups = { "container ID": containerLookup(names) };
  return [
    {
      kind: "command",
      text: "A stopped container is still there, with all that you did in it. `-a` lists stopped ones too.",
      command: "docker container ls -a",
      lookups,
      checks: [
        {
          expected: "the container, ended with exit code 0",
          matches: [`^<container ID> +${names.ubuntu} .*Exited \\(0\\)`],
        },
      ],
      example: `CONTAINER ID   IMAGE     COMMAND       CREATED         STATUS                     PORTS     NAMES
${EXAMPLE.container}   ${names.ubuntu}    "/bin/bash"   2 minutes ago   Exited (0) 3 seconds ago             brave_hopper`,
    },
    {
      kind: "command",
      text: "Docker knows what has changed since the container was made from its image: `A` is a file that was added, `C` one that was changed, `D` one that was deleted.",
      command: "docker container diff <container ID>",
      lookups,
      checks: [{ expected: "figlet's files among those that were added", matches: ["^A /usr/bin/figlet"] }],
      example: "C /usr\nC /usr/bin\nA /usr/bin/figlet\nA /usr/bin/figlet-figlet",
    },
    {
      kind: "command",
      text: "Make an image out of the container. It is kept on this machine.",
      command: "docker container commit <container ID>",
      lookups,
      checks: [{ expected: "the ID of a new image", matches: ["^sha256:[0-9a-f]{64}$"] }],
      example: `sha256:${EXAMPLE.image}${"7d1f0c52".repeat(7).slice(0, 52)}`,
    },
  ];
}

/** Give the new image a name, and use it. */
function tagImage(names: LessonNames): Task[] {
  const lookups = { "image ID": imageLookup(names) };
  const header = "REPOSITORY   TAG       IMAGE ID       CREATED          SIZE";
  return [
    {
      kind: "command",
      text: "That is your first image. Look for it. It has no name yet (older versions of Docker show `<none>`, new ones show it with `-a` only), so nobody can tell what it is for.",
      command: "docker image ls",
      checks: [{ expected: "the image that the container was made from", matches: [imageRow(names.ubuntu)] }],
      example: `${header}
<none>       <none>    ${EXAMPLE.image}   46 seconds ago   160MB
${names.ubuntu}       latest    14f60031763d   4 days ago       120MB`,
    },
    {
      kind: "command",
      text: "Name it. Names of images are called tags.",
      command: `docker image tag <image ID> ${names.ourfiglet}`,
      lookups,
      checks: [],
    },
    {
      kind: "command",
      text: "Look again:",
      command: "docker image ls",
      lookups,
      checks: [{ expected: "the image with its name", matches: [`${imageRow(names.ourfiglet)} *<image ID>`] }],
      example: `${header}
${names.ourfiglet}    latest    ${EXAMPLE.image}   5 minutes ago    160MB
${names.ubuntu}       latest    14f60031763d   4 days ago       120MB`,
    },
    {
      kind: "command",
      text: "Run a container of your image. This time the command is `figlet hello`, no shell:",
      command: `${containerRun(names, "ourfiglet")} ${names.ourfiglet} figlet hello`,
      checks: [{ expected: "hello in large letters", contains: FIGLET_SAYS_HELLO }],
      example: FIGLET_SAYS_HELLO.join("\n"),
    },
  ];
}

function containerLookup({ run, ubuntu }: LessonNames): Lookup {
  return {
    how: "the first column of `docker container ls -a`",
    command:
      run === undefined
        ? // A student may have several; and `ancestor` would find those of images built on it, too.
          `docker container ls --all --format '{{.Image}} {{.ID}}' | sed -n 's|^${ubuntu} ||p' | head -n 1`
        : `docker container ls --all --quiet --filter 'name=^${containerName(run, "ubuntu")}$'`,
    example: EXAMPLE.container,
  };
}

/** The image just committed is the youngest one that came from the container. */
function imageLookup(names: LessonNames): Lookup {
  const from = names.run === undefined ? "" : ` --filter label=lab-nodes.verify=${names.run.id}`;
  return {
    how: "what `docker container commit` has printed; the first 12 digits after `sha256:` will do",
    command: `docker image ls --all --quiet${from} | head -n 1`,
    example: EXAMPLE.image,
  };
}
