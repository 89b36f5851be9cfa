export { lessonSteps } from "./lesson-steps";
export { type ImageBase, type LessonNames, studentNames, verifyNames } from "./names";
export { performLesson, performQuickSteps } from "./perform/perform-lesson";
export { quickSteps } from "./quick-steps";
export { stepsWithNeeded } from "./steps-with-needed";
