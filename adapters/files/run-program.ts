import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { stopWithUs } from "./stop-with-us";

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

  /** The end of what it said, or else how it ended. */
  tail(lines: number): string {
    const said = this.finished.errorLines.filter((line) => line.trim() !== "");
    return said.length === 0 ? this.message : said.slice(-lines).join("\n");
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
