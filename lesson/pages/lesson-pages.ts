import { lessonSteps } from "../lesson-steps";
import { studentNames } from "../names";
import { helloFiles } from "../steps/dockerfile";
import type { LessonStep } from "../types";
import { type Dialect, fence, renderStep } from "./render-step";

/** Markdown as every viewer shows it, with blocks that can be copied. */
const MARKDOWN: Dialect = {
  hostname: "node1",
  command: (command) => fence("sh", command),
  template: (command) => fence("sh", command),
  file: ({ path, language, content }) => `\`${path}\`:\n\n${fence(language, content)}`,
  output: (output) => fence("text", output),
};

/** HobbyFarm's markup: a click runs a command on the machine, or writes a file there. */
const HOBBYFARM: Dialect = {
  hostname: `\${vminfo:node1:hostname}`,
  command: (command) => fence("ctr:node1", command),
  template: (command) => fence("", command),
  file: ({ path, language, content }) => fence(`file:${language}:${path}:node1`, content),
  output: (output) => fence("", output),
};

const GENERATED = "<!-- Made from lesson/ by `npm run docs`. Change it there. -->";

/** The pages of the lesson, by their path under docs/lesson/: for reading, and as a scenario for HobbyFarm. */
export function lessonPages(registryImage: string): ReadonlyMap<string, string> {
  const steps = lessonSteps(studentNames("lesson"), { registryImage });
  return new Map([
    ["README.md", contents(steps)],
    ...steps.map((step, index): [string, string] => [pageName(step), readingPage(steps, index)]),
    ...steps.map((step): [string, string] => [
      `hobbyfarm/${pageName(step)}`,
      `${GENERATED}\n\n${renderStep(step, HOBBYFARM)}`,
    ]),
  ]);
}

function pageName({ id, title }: LessonStep): string {
  return `${id}-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.md`;
}

function readingPage(steps: readonly LessonStep[], index: number): string {
  const [before, step, after] = [steps[index - 1], steps[index], steps[index + 1]];
  const link = (text: string, target: LessonStep | undefined) =>
    target === undefined ? [] : [`[${text}: ${target.title}](${pageName(target)})`];
  const links = [...link("Back", before), "[All steps](README.md)", ...link("Next", after)].join(" · ");
  return step === undefined ? "" : `${GENERATED}\n\n${renderStep(step, MARKDOWN)}\n---\n\n${links}\n`;
}

function contents(steps: readonly LessonStep[]): string {
  return `${GENERATED}

# Docker images: how they are made, stored and checked

Seven steps on a machine of your own, \`node1\`, on which Docker and Trivy are ready. How to get there, your instructor tells you; on the
instructor's own machine it is \`./lab ssh\`. Type each command yourself, or copy it, and compare what you see.

${steps.map((step) => `${step.id}. [${step.title}](${pageName(step)})`).join("\n")}

${debianNote()}
`;
}

/** The note for classes without Alpine and Ubuntu. */
function debianNote(): string {
  const [usual, debian] = [studentNames("lesson"), studentNames("debian")];
  return `## In a class without Docker Hub

Where images cannot be downloaded, your instructor's class is made with \`images.base: debian\`. Then type \`${debian.ubuntu}\` where these pages
say \`${usual.ubuntu}\` or \`${usual.alpine}\`, and write this \`Dockerfile\` in step 3:

${fence("dockerfile", helloFiles("debian").dockerfile)}

In step 6 there may be no registry to scan from; take \`hello:v0.1\` there, too. All else is the same.`;
}
