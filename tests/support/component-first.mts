import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Component tests first, each in its own process, then all others, the longest first. vitest ends a process that unit tests
 * share when the next file is of another project, and the next process loads every module again.
 */
export class ComponentFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isComponent = ({ project }: TestSpecification) => project.name === "component";
    return [...sorted.filter(isComponent), ...sorted.filter((file) => !isComponent(file))];
  }
}
