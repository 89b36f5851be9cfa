import type { PlainDemand } from "./evaluate";
import { escapePattern, type LessonNames } from "./names";
import { FIGLET_SAYS_HELLO } from "./steps/container";
import { helloFiles, SAYS_HELLO } from "./steps/dockerfile";
import { SAYS_VERSION } from "./steps/layers";
import type { Check, CommandTask, LessonStep } from "./types";

/** A check of a student's work, run as the student in their home. It changes nothing there. */
export interface StudentCheck extends PlainDemand {
  readonly command: string;
  /** What to do when it does not hold. */
  readonly hint: string;
}

/** Bytes of the terminal's text that a check of the portal reads: some thousand lines. */
const TERMINAL_BYTES = 500_000;

/** More than tmux's 5,000 lines can have. Stops a fake "tmux" that writes forever. */
const MOST_TERMINAL_BYTES = 8_000_000;

/** Prints the end of the portal terminal's text. Its socket is named in portal/server/terminal/attach.sh. */
const TERMINAL_TEXT = `tmux -L lab-portal capture-pane -p -J -S - -t =lab: | head --bytes=${MOST_TERMINAL_BYTES} | tail --bytes=${TERMINAL_BYTES}`;

/** Checks of a completed step; none for a step that is only read. */
export function studentChecks(step: LessonStep, names: LessonNames): readonly StudentCheck[] {
  const { hello, ourfiglet, imageBase } = names;
  const commands = step.tasks.filter((task) => task.kind === "command");
  const typed = (tasks: readonly CommandTask[]) => tasks.map(({ command, checks }) => typedInTerminal(command, checks));
  switch (step.id) {
    case "1":
      return typed(commands);
    case "2":
      return committed(ourfiglet);
    case "3": {
      const { indexJs, dockerfile } = helloFiles(imageBase);
      // Step 4 appends to index.js: additional lines are allowed.
      const files = [fileHas("index.js", indexJs), fileHas("Dockerfile", dockerfile)];
      return [...files, containerSays(`${hello}:v0.1`, [SAYS_HELLO])];
    }
    case "4":
      return [changed(), containerSays(`${hello}:v0.2`, [SAYS_HELLO, SAYS_VERSION])];
    case "5":
      return typed(commands.filter(({ command }) => command.includes("--format")));
    case "6":
      return [scanned(`${hello}:v0.1`), ...typed(commands.slice(-1))];
    default:
      return [];
  }
}

/** Checks that a command was typed in the portal's terminal, with the expected output. */
export function typedInTerminal(command: string, checks: readonly Check[]): StudentCheck {
  // At a prompt; names in angle brackets match any value. The end is not anchored: after a command that fills its line
  // exactly, tmux joins the first line of output to it.
  const typed = `[$#] ${escapePattern(command).replaceAll(/<[^<>]+>/g, "\\S+")}`;
  return {
    command: TERMINAL_TEXT,
    checks: [{ expected: `\`${command}\`, typed in the terminal on this page`, matches: [typed] }, ...checks],
    hint: `Click \`${command}\` on this page, and wait until the prompt is back. If you have cleared the screen since, run it again.`,
  };
}

function committed(image: string): StudentCheck[] {
  return [
    {
      command: `docker image inspect --format '{{.Id}}' ${image}`,
      checks: [{ expected: `an image named ${image}`, matches: ["^sha256:[0-9a-f]{64}$"] }],
      hint: `Leave the container with \`exit\`, commit it, and tag the image as \`${image}\`.`,
    },
    {
      command: `docker container run --rm --pull never ${image} figlet hello`,
      checks: [{ expected: `${image} to draw hello in large letters`, contains: FIGLET_SAYS_HELLO }],
      hint: "The image has no figlet: install it in the container first, then commit that container, and tag the new image.",
    },
  ];
}

/** Checks a file of the page in the student's folder; additional lines are allowed. */
export function fileHas(path: string, content: string): StudentCheck {
  const lines = content.trimEnd().split("\n");
  return {
    command: `cat ${path}`,
    checks: [{ expected: `the file ${path} with the lines of this page`, contains: lines }],
    hint: `Click the file \`${path}\` on this page to create it in your home folder.`,
  };
}

function changed(): StudentCheck {
  return {
    command: "cat index.js",
    checks: [{ expected: "index.js with the line for v0.2", contains: ['console.log("this is v0.2");'] }],
    hint: "Click the command that begins with `echo`. Run it in the folder with index.js.",
  };
}

/** Checks the output of the student's last container of an image. `lab up` and verify leave none behind. */
function containerSays(image: string, checks: readonly Check[]): StudentCheck {
  return {
    command: `docker container ls --all --quiet --filter ancestor=${image} | head -n 1 | xargs --no-run-if-empty docker container logs`,
    checks: checks.map((check) => ({ ...check, expected: `${check.expected}, from a container of ${image}` })),
    hint: `Build \`${image}\`, then run it.`,
  };
}

function scanned(image: string): StudentCheck {
  return {
    command: "jq --raw-output .ArtifactName results.json",
    checks: [{ expected: `results.json, Trivy's report on ${image}`, matches: [`^${escapePattern(image)}$`] }],
    hint: "Click the command that writes `results.json`, and wait until the prompt is back.",
  };
}
