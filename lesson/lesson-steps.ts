import { containerRun, DECLARED, type LessonNames } from "./names";
import { container, FIGLET_SAYS_HELLO_DOCKER } from "./steps/container";
import { dockerfile, SAYS_HELLO } from "./steps/dockerfile";
import { inspection } from "./steps/inspection";
import { introduction } from "./steps/introduction";
import { layers, SAYS_VERSION } from "./steps/layers";
import { reportOf, SAMPLE_DATABASE, scanning } from "./steps/scanning";
import { terminology } from "./steps/terminology";
import type { Check, LessonStep, ProofTask } from "./types";

/** What differs from class to class, besides names. */
export interface LessonOptions {
  /** Image that step 6 scans from its registry. */
  readonly registryImage: string;
}

/** The lesson as data: seven steps in order, with the names given. */
export function lessonSteps(names: LessonNames, options: LessonOptions): readonly LessonStep[] {
  return [
    introduction(),
    container(names),
    dockerfile(names),
    layers(names),
    inspection(names),
    scanning(options.registryImage),
    terminology(),
  ];
}

/** The steps with these ids and all that they need, in the lesson's order. Throws when there is no such step. */
export function stepsWithNeeded(steps: readonly LessonStep[], ids: readonly string[]): readonly LessonStep[] {
  const wanted = new Set<string>();
  const want = (id: string): void => {
    const step = steps.find((candidate) => candidate.id === id);
    if (step === undefined) {
      throw new Error(`There is no step "${id}"; the steps are: ${steps.map((known) => known.id).join(", ")}.`);
    }
    wanted.add(id);
    step.needs.forEach(want);
  };
  ids.forEach(want);
  return steps.filter(({ id }) => wanted.has(id));
}

/** The quick look at the end of `lab up`: the declared images run, and Trivy scans. None of the steps needs another one. */
export function quickSteps(names: LessonNames): readonly LessonStep[] {
  const { figlet, hello } = DECLARED;
  const run = (purpose: string, image: string) => `${containerRun(names, purpose)} --rm --pull never ${image}`;
  return [
    quickStep("figlet", run("figlet", figlet), [
      { expected: '"hello docker" in large letters', contains: FIGLET_SAYS_HELLO_DOCKER },
    ]),
    quickStep(`${hello}:v0.1`, run("hello-1", `${hello}:v0.1`), [SAYS_HELLO]),
    quickStep(`${hello}:v0.2`, run("hello-2", `${hello}:v0.2`), [SAYS_HELLO, SAYS_VERSION]),
    quickStep("trivy", `trivy image ${hello}:v0.1`, [reportOf(`${hello}:v0.1`)], SAMPLE_DATABASE),
  ];
}

function quickStep(id: string, command: string, checks: readonly Check[], ...more: ProofTask[]): LessonStep {
  return { id, title: id, text: "", needs: [], tasks: [{ kind: "proof", command, checks }, ...more] };
}
