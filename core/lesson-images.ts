/** An image that the lesson has its students build, and that a node has from the start. */
export interface LessonImage {
  /** Its name in Pulumi, after the node's or the class's. */
  readonly suffix: string;
  /** Folder of its build context, inside that of its image set. */
  readonly context: string;
  /** What the lesson calls it. */
  readonly imageName: string;
}

export const FIGLET: LessonImage = { suffix: "figlet", context: "figlet", imageName: "figlet:latest" };
export const HELLO_V1: LessonImage = { suffix: "hello-v0.1", context: "hello/v0.1", imageName: "hello:v0.1" };
export const HELLO_V2: LessonImage = { suffix: "hello-v0.2", context: "hello/v0.2", imageName: "hello:v0.2" };
