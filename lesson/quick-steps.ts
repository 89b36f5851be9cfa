import { FIGLET_SAYS_HELLO_DOCKER } from "./banners";
import { containerRun, DECLARED, type LessonNames } from "./names";
import { SAYS_HELLO } from "./steps/dockerfile";
import { SAYS_VERSION } from "./steps/layers";
import { reportOf, SAMPLE_DATABASE } from "./steps/scanning";
import type { Check, LessonStep, ProofTask } from "./types";

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
