import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { studentNames } from "../../../lesson";

const FOLDER = join(__dirname, "recordings");

/** A command as it was typed on a node, and what the terminal showed. */
export interface RecordedCommand {
  readonly command: string;
  readonly output: string;
  readonly exitCode: number;
}

/** Names of the recordings, e.g. `docker-26`. */
export const RECORDINGS = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".txt"))
  .map((file) => file.slice(0, -".txt".length));

/** The release of Debian on which all was recorded, and the one whose name the lesson has now. */
const [RECORDED, LESSON] = ["bookworm", studentNames("debian").alpine.replace("debian:", "")];

/** Reads a recording: comments that say where it comes from, then `node1$ COMMAND`, its output, and `[exit CODE]`. */
export function readRecording(name: string): RecordedCommand[] {
  const text = readFileSync(join(FOLDER, `${name}.txt`), "utf8").replaceAll(RECORDED, LESSON);
  return [...text.matchAll(/^node1\$ (.*)\n([\s\S]*?)^\[exit (\d+)\]$/gm)].map(
    ([, command = "", output = "", exitCode]) => ({ command, output, exitCode: Number(exitCode) }),
  );
}

/** A command on one line, as recordings have it. */
export function onOneLine(command: string): string {
  return command.replaceAll(/\s+/g, " ");
}
