import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

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

/** Reads a recording: comments that say where it comes from, then `node1$ COMMAND`, its output, and `[exit CODE]`. */
export function readRecording(name: string): RecordedCommand[] {
  const text = readFileSync(join(FOLDER, `${name}.txt`), "utf8");
  return [...text.matchAll(/^node1\$ (.*)\n([\s\S]*?)^\[exit (\d+)\]$/gm)].map(
    ([, command = "", output = "", exitCode]) => ({ command, output, exitCode: Number(exitCode) }),
  );
}

/** A command on one line, as recordings have it. */
export function onOneLine(command: string): string {
  return command.replaceAll(/\s+/g, " ");
}
