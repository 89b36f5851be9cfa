import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../../../core/errors";
import type { Reporter } from "../../../../core/reporter";
import { toolchainDirectory } from "../../../files/cache-directory";
import { isExecutable } from "../../../files/programs";
import { runProgram } from "../../../files/run-program";
import { findGo } from "./go";
import { buildArguments, buildKey, GO_VARIABLES, type GoModule, type GoProgram, parseGoModule } from "./go-program";
import { makeOnce } from "./make-once";
import { compileProgress, downloadProgress, errorTail } from "./progress";

export interface BuildOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly reporter: Reporter;
}

interface GoRun {
  readonly go: string;
  readonly program: GoProgram;
  readonly environment: NodeJS.ProcessEnv;
  /** Called with each line on standard error. */
  readonly onLine: (line: string) => void;
}

/** The executable of a Go program, built into the user's cache on the first call and found there afterwards. */
export async function ensureGoProgram(program: GoProgram, options: BuildOptions): Promise<string> {
  const folder = await goProgramFolder(program, options.environment);
  const executable = join(folder, program.name);
  if (await isExecutable(executable)) {
    return executable;
  }
  const module = parseGoModule(await readFile(join(program.module, "go.mod"), "utf8"));
  const go = await findGo({ minimum: module.goVersion, ...options });
  const environment = { ...options.environment, ...GO_VARIABLES, ...program.variables };
  await options.reporter.task(`building ${program.title} with Go ${go.version}`, (update) =>
    makeOnce(folder, (partial) =>
      build({ go: go.command, program, environment }, module, join(partial, program.name), update),
    ),
  );
  return executable;
}

/** Where the program is kept once built. */
export async function goProgramFolder(program: GoProgram, environment: NodeJS.ProcessEnv): Promise<string> {
  const key = await buildKey(program, `${process.platform}/${process.arch}`);
  return join(toolchainDirectory(environment), key);
}

async function build(
  run: Omit<GoRun, "onLine">,
  module: GoModule,
  output: string,
  update: (detail: string) => void,
): Promise<void> {
  update("reading the list of packages");
  const downloads = downloadProgress(module.requirements);
  const listed = await runGo({ ...run, onLine: (line) => tell(downloads.line(line)) }, [
    "list",
    "-deps",
    run.program.package,
  ]);
  const packages = new Set(listed.split("\n").filter((line) => line !== ""));
  update(`0 of ${packages.size} packages`);
  const compiled = compileProgress(packages);
  await runGo({ ...run, onLine: (line) => tell(compiled.line(line)) }, buildArguments(run.program, output), packages);

  function tell(detail: string | undefined): void {
    if (detail !== undefined) {
      update(detail);
    }
  }
}

/** Runs `go` in the program's module and gives what it printed. It ends when we do. */
async function runGo(run: GoRun, goArguments: readonly string[], packages = new Set<string>()): Promise<string> {
  const result = await runProgram(run.go, goArguments, {
    directory: run.program.module,
    environment: run.environment,
    onLine: run.onLine,
  });
  if (result.failure !== undefined) {
    const tail = errorTail(result.errorLines, packages) || result.failure;
    throw new LabError(`Building ${run.program.title} failed: go ${goArguments[0]} ended with an error.\n${tail}`, {
      hint: "See what Go uses with `go env GOPROXY GOSUMDB`; once it can download modules, run the same command again",
    });
  }
  return result.stdout;
}
