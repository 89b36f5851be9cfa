export { lessonSteps, quickSteps, stepsWithNeeded } from "./lesson-steps";
export { type ImageBase, type LessonNames, studentNames, verifyNames } from "./names";
export { performLesson, performQuickSteps } from "./perform/perform-lesson";
