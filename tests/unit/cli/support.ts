import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Engine } from "../../../adapters/pulumi/engine/types";
import type { CommandContext, Reporter, Runtime } from "../../../core/command-context";
import { LabError } from "../../../core/errors";
import { SafeOutput } from "../../../core/safe-output";
import { RecordedStream } from "./ui/stream-double";

/** An empty folder that is removed when the running test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "lab-unit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A port of 127.0.0.1, held by this process while the test runs. */
export async function heldPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A runtime in a folder of its own, with streams that record what is written. */
export function runtimeIn(folder: string, environment: NodeJS.ProcessEnv = {}): Runtime {
  return {
    programDirectory: folder,
    labDirectory: join(folder, ".lab"),
    environment,
    stdout: new SafeOutput(new RecordedStream()),
    stderr: new SafeOutput(new RecordedStream()),
  };
}

/** What was written to one of those streams. */
export function textOf({ terminal }: SafeOutput): string {
  if (terminal instanceof RecordedStream) {
    return terminal.text;
  }
  throw new Error("this stream does not remember");
}

/** A reporter that remembers what it was told. */
export function recordedReporter(): { readonly reporter: Reporter; readonly said: string[] } {
  const said: string[] = [];
  const say = (text: string) => {
    said.push(text);
  };
  return { said, reporter: { info: say, warn: say, task: (_, work) => work(say) } };
}

/** A command's context for a stack. */
export function contextFor(runtime: Runtime, stack: string, reporter: Reporter): CommandContext {
  return {
    runtime,
    options: { stack, json: false, verbose: false },
    reporter,
    signal: new AbortController().signal,
  };
}

/** An engine that is nowhere on disk. */
export const ENGINE: Engine = {
  kind: "air-gapped",
  version: "3.259.0",
  command: "/engine/pulumi",
  environment: { PULUMI_HOME: "/engine/home" },
};

/** What a piece of work throws; fails the test when it throws no LabError. */
export function labErrorOf(work: () => unknown): LabError {
  try {
    work();
  } catch (error) {
    if (error instanceof LabError) {
      return error;
    }
    throw error;
  }
  throw new Error("nothing was thrown");
}
