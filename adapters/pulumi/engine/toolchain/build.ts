import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Reporter } from "../../../../core/command-context";
import { LabError } from "../../../../core/errors";
import { toolchainDirectory } from "../../../files/own-machine";
import { isExecutable, runProgram } from "../../../files/programs";
import { findGo } from "./go";
import { makeOnce } from "./make-once";

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

/** A program to be built from a Go module of its own, with everything that decides what comes out. */
export interface GoProgram {
  /** Name of the executable. */
  readonly name: string;
  /** For people: "Pulumi CLI 3.259.0". */
  readonly title: string;
  /** Absolute path of the folder with its go.mod and go.sum, and its sources where they are ours. */
  readonly module: string;
  /** The package to build: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", or "." for the module's own. */
  readonly package: string;
  /** Flags for the linker, as `go build -ldflags` takes them. */
  readonly linkerFlags: string;
  /** Variables for Go beyond ours, e.g. GOARCH or GOEXPERIMENT. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What `go.mod` says of its module. */
export interface GoModule {
  /** The oldest Go that may build it, e.g. "1.25.11". */
  readonly goVersion: string;
  /** How many other modules it names. */
  readonly requirements: number;
}

/**
 * How every program of ours is built. No C compiler is needed, nothing is fetched that go.sum does not name, and the
 * same sources give the same executable. The machine's own GOPROXY and the like stay in force.
 */
const GO_VARIABLES: Readonly<Record<string, string>> = {
  GOTOOLCHAIN: "local",
  GOFLAGS: "-mod=readonly",
  GOWORK: "off",
  CGO_ENABLED: "0",
};

/** Arguments of `go` that build the program into the file `output`. `-v` names each package as it is compiled. */
function buildArguments(program: GoProgram, output: string): string[] {
  const flags = ["-v", "-trimpath", "-buildvcs=false", "-ldflags", program.linkerFlags];
  return ["build", ...flags, "-o", output, program.package];
}

/** Name of the folder for what is built: changes exactly when another executable would come out. */
export async function buildKey(program: GoProgram, platform: string): Promise<string> {
  const hash = createHash("sha256");
  const sources = (await readdir(program.module)).filter((file) => file.endsWith(".go")).sort();
  for (const file of ["go.mod", "go.sum", ...sources]) {
    hash.update(await readFile(join(program.module, file)));
  }
  hash.update(JSON.stringify([buildArguments(program, ""), GO_VARIABLES, program.variables, platform]));
  return `${program.name}-${hash.digest("hex").slice(0, 16)}`;
}

/** Reads what we need from the text of a go.mod. */
export function parseGoModule(text: string): GoModule {
  const goVersion = /^go (\d+\.\d+(?:\.\d+)?)\s*$/m.exec(text)?.[1];
  if (goVersion === undefined) {
    throw new Error("go.mod has no line `go VERSION`");
  }
  return {
    goVersion,
    requirements: text.match(/^(?:require)?\s+\S+\s+v\d\S*(?:\s+\/\/ indirect)?\s*$/gm)?.length ?? 0,
  };
}

/** Tells from Go's own lines how far a build is: first downloads are counted, then compiled packages. */
export interface BuildProgress {
  /** A line that Go printed. Gives what to show, or nothing when the line does not move things on. */
  line(text: string): string | undefined;
}

/** Counts "go: downloading MODULE VERSION" against the modules that go.mod names (not all of them are needed). */
export function downloadProgress(modules: number): BuildProgress {
  let count = 0;
  return {
    line(text) {
      if (!text.startsWith("go: downloading ")) {
        return undefined;
      }
      count += 1;
      return `${count} of up to ${Math.max(count, modules)} modules downloaded`;
    },
  };
}

/** Counts the import paths that `go build -v` prints against all that the program is made of. */
export function compileProgress(packages: ReadonlySet<string>): BuildProgress {
  const compiled = new Set<string>();
  return {
    line(text) {
      const path = text.trim();
      if (!packages.has(path) || compiled.has(path)) {
        return undefined;
      }
      compiled.add(path);
      return `${compiled.size} of ${packages.size} packages`;
    },
  };
}

/** What to show of a failed build: its last lines, without the mere names of packages and downloads. */
export function errorTail(output: readonly string[], packages: ReadonlySet<string>, count = 20): string {
  const telling = output.filter(
    (line) => line.trim() !== "" && !packages.has(line.trim()) && !line.startsWith("go: downloading "),
  );
  return telling.slice(-count).join("\n");
}
