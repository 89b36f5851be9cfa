/** Setting `images.base`: the lesson's own images, or Debian in their place, for classes without Docker Hub and Alpine's mirror. */
export type ImageBase = "lesson" | "debian";

/** The images that the class declares: `lab up` builds them on every node. */
export const DECLARED = { figlet: "figlet:latest", hello: "hello" } as const;

/** Names in the lesson's commands. */
export interface LessonNames {
  readonly imageBase: ImageBase;
  /** Image that the student's container is run from in step 2. */
  readonly ubuntu: string;
  /** Image that hello is built on. */
  readonly alpine: string;
  /** Repository of the images built in steps 3 and 4. */
  readonly hello: string;
  /** Image that step 2 commits. */
  readonly ourfiglet: string;
  /** Set if `lab verify` performs the lesson, not a student. */
  readonly run?: VerifyRun;
}

/** One run of the lesson by `lab verify`, with the names needed to clean up. */
export interface VerifyRun {
  readonly id: string;
  /** The folder on the node that it works in. */
  readonly directory: string;
}

/** Label of every container that verify runs, and so of the image committed from one. */
const RUN_LABEL = "lab-nodes.verify";

const BASE_IMAGES: Readonly<Record<ImageBase, { readonly ubuntu: string; readonly alpine: string }>> = {
  lesson: { ubuntu: "ubuntu", alpine: "alpine" },
  debian: { ubuntu: "debian:trixie", alpine: "debian:trixie" },
};

/** The names that students type. */
export function studentNames(imageBase: ImageBase): LessonNames {
  return { imageBase, ...BASE_IMAGES[imageBase], hello: DECLARED.hello, ourfiglet: "ourfiglet" };
}

/** Names that conflict neither with the student's nor with another run's. `runId`: 4 to 20 lower-case letters and digits. */
export function verifyNames(imageBase: ImageBase, runId: string): LessonNames {
  if (!/^[a-z0-9]{4,20}$/.test(runId)) {
    throw new Error(`The run ID "${runId}" must have 4 to 20 lower-case letters and digits.`);
  }
  const prefix = `lab-verify-${runId}`;
  return {
    imageBase,
    ...BASE_IMAGES[imageBase],
    hello: `${prefix}/hello`,
    ourfiglet: `${prefix}/ourfiglet`,
    run: { id: runId, directory: `/var/tmp/${prefix}` },
  };
}

/** `docker container run`, with a name and a label of verify's own where verify types it. */
export function containerRun({ run }: LessonNames, purpose: string): string {
  return run === undefined
    ? "docker container run"
    : `docker container run --name ${containerName(run, purpose)} --label ${RUN_LABEL}=${run.id}`;
}

/** Name of a container of verify's. */
export function containerName(run: VerifyRun, purpose: string): string {
  return `lab-verify-${run.id}-${purpose}`;
}

/** Regular expression for an image's row in `docker image ls`, whose columns differ between versions of Docker. */
export function imageRow(image: string): string {
  const [repository = image, tag = "latest"] = image.split(":");
  return `^${escapePattern(repository)}(:|\\s+)${escapePattern(tag)}\\s`;
}

/** Escapes a text for a regular expression that matches only it. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
