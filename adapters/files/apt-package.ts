import type { Reporter } from "../../core/command-context";
import { LabError } from "../../core/errors";
import type { System } from "../docker/local-engine/start";

/** A program that is missing, and the package of Debian and Ubuntu that has it. */
export interface MissingProgram {
  /** What is missing, as a clause: "no Docker Engine is installed". */
  readonly finding: string;
  readonly package: string;
  /** What to do where there is no apt. */
  readonly elsewhere: string;
}

/** Installs a package, as root on Debian and Ubuntu; in every other case the error says what to type. */
export async function installPackage(missing: MissingProgram, system: System, reporter: Reporter): Promise<void> {
  const { finding, package: name, elsewhere } = missing;
  const sentence = `${finding.charAt(0).toUpperCase()}${finding.slice(1)}`;
  if ((await system.findProgram("apt-get")) === undefined) {
    throw new LabError(`${sentence}, and lab can install one on Debian and Ubuntu only.`, {
      exitCode: 2,
      hint: elsewhere,
    });
  }
  if (!system.isRoot) {
    throw needsRoot(`${sentence}.`, `sudo apt-get update && sudo apt-get install -y ${name}`);
  }
  reporter.info(`${finding}; installing ${name} by apt-get`);
  await reporter.task(`installing ${name}`, async (update) => {
    await system.run("apt-get", ["update"], update);
    await system.run("apt-get", ["install", "--yes", name], update);
  });
}

/** For what only root may change: the command to type. */
export function needsRoot(message: string, command: string): LabError {
  return new LabError(`${message} Changing that needs root.`, { exitCode: 2, hint: command });
}
