import type { LessonNames } from "./names";
import { container } from "./steps/container";
import { dockerfile } from "./steps/dockerfile";
import { inspection } from "./steps/inspection";
import { introduction } from "./steps/introduction";
import { layers } from "./steps/layers";
import { scanning } from "./steps/scanning";
import { terminology } from "./steps/terminology";
import type { LessonStep } from "./types";

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
