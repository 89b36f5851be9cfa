import { type ChildProcess, spawn } from "node:child_process";
import { constants, createWriteStream } from "node:fs";
import { access, realpath, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join, relative } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { stopWithUs } from "./processes";

/** Every executable of that name on PATH, in PATH's order. */
export async function findAllOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<string[]> {
  const folders = (environment["PATH"] ?? "").split(delimiter).filter(isAbsolute);
  const candidates = [...new Set(folders)].map((folder) => join(folder, name));
  const executable = await Promise.all(candidates.map(isExecutable));
  return candidates.filter((_, index) => executable[index]);
}

/** The first executable of that name on PATH. */
export async function findOnPath(name: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  return (await findAllOnPath(name, environment))[0];
}

/** Whether `file` is a file that may be run. */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

/** Whether `file`, with links followed, lies somewhere under `folder`. */
export async function liesUnder(file: string, folder: string): Promise<boolean> {
  const [realFile, realFolder] = await Promise.all([resolved(file), resolved(folder)]);
  const path = relative(realFolder, realFile);
  return path !== "" && !path.startsWith("..") && !isAbsolute(path);
}

/** PATH with `folders` in front, each once. `without` selects the old entries to leave out. */
export function pathWith(
  folders: readonly string[],
  oldPath: string,
  without: (folder: string) => boolean = () => false,
): string {
  const kept = oldPath.split(delimiter).filter((folder) => folder !== "" && !without(folder));
  return [...new Set([...folders, ...kept])].join(delimiter);
}

async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path;
  }
}

/** How a program is run. */
export interface RunOptions {
  /** The whole environment of the program. */
  readonly environment: NodeJS.ProcessEnv;
  readonly directory?: string;
  /** Called with each line on standard error as it comes. */
  readonly onLine?: (line: string) => void;
  /** Called with each line on standard output as it comes; it is then not kept. */
  readonly onOutputLine?: (line: string) => void;
  /** Standard output goes to this file, and is not kept. */
  readonly outputFile?: string;
  readonly timeoutSeconds?: number;
}

export interface Finished {
  readonly stdout: string;
  /** Its lines on standard error. */
  readonly errorLines: readonly string[];
  /** Why it failed, e.g. "exit status 1"; nothing when it went well. */
  readonly failure: string | undefined;
}

/** A program that failed. */
export class ProgramError extends Error {
  constructor(
    readonly command: string,
    readonly finished: Finished,
  ) {
    super(`${command}: ${finished.failure}`);
    this.name = "ProgramError";
  }

  /** Its last lines on standard error, or else how it ended. */
  tail(lines: number): string {
    const printed = this.finished.errorLines.filter((line) => line.trim() !== "");
    return printed.length === 0 ? this.message : printed.slice(-lines).join("\n");
  }
}

/**
 * Runs a program without a shell and without input. Never rejects for what the program does: see `failure`. It is
 * stopped when this process ends before it.
 */
export async function runProgram(
  command: string,
  programArguments: readonly string[],
  options: RunOptions,
): Promise<Finished> {
  const child = spawn(command, programArguments, {
    env: options.environment,
    cwd: options.directory,
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.timeoutSeconds === undefined ? {} : { timeout: options.timeoutSeconds * 1000 }),
  });
  const release = stopWithUs(child);
  try {
    const [stdout, errorLines, failure] = await Promise.all([
      readOutput(child.stdout, options),
      readLines(child.stderr, options.onLine),
      ending(child),
    ]);
    return { stdout, errorLines, failure };
  } finally {
    release();
  }
}

/** As `runProgram`, and rejects with a ProgramError when it fails. */
export async function runOrThrow(
  command: string,
  programArguments: readonly string[],
  options: RunOptions,
): Promise<Finished> {
  const finished = await runProgram(command, programArguments, options);
  if (finished.failure !== undefined) {
    throw new ProgramError(command, finished);
  }
  return finished;
}

async function readOutput(stream: NodeJS.ReadableStream, options: RunOptions): Promise<string> {
  if (options.outputFile !== undefined) {
    await pipeline(stream, createWriteStream(options.outputFile, { mode: 0o600 }));
    return "";
  }
  if (options.onOutputLine !== undefined) {
    await readLines(stream, options.onOutputLine);
    return "";
  }
  return await text(stream);
}

async function readLines(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream })) {
    lines.push(line);
    onLine?.(line);
  }
  return lines;
}

function ending(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => {
      resolve(code === 0 ? undefined : signal === null ? `exit status ${code}` : `ended by ${signal}`);
    });
  });
}
