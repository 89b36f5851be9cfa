import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { LabError } from "../../../../core/errors";
import { toolchainDirectory } from "../../../files/own-machine";
import { isExecutable, runProgram } from "../../../files/programs";
import type { BuildOptions } from "../types";
import { findGo } from "./go";
import { makeOnce } from "./make-once";

/** The executable of a Go program, built into the user's cache on the first call and found there afterwards. */
export async function ensureGoProgram(program: GoProgram, options: BuildOptions): Promise<string> {
  const folder = await goProgramFolder(program, options.environment);
  const executable = join(folder, program.name);
  if (await isExecutable(executable)) {
    return executable;
  }
  const module = parseGoModule(await readFile(join(program.module, "go.mod"), "utf8"));
  const { command, version } = await findGo({ minimum: module.goVersion, ...options });
  const environment = { ...options.environment, ...GO_VARIABLES, ...program.variables };
  const run = { go: command, program, environment };
  await options.reporter.task(`building ${program.title} with Go ${version}`, (update) =>
    makeOnce(folder, async (partial) => {
      update("reading the list of packages");
      const downloaded = downloadProgress(module.requirements);
      const listed = await runGo(run, ["list", "-deps", program.package], (line) => show(downloaded(line)));
      const packages = new Set(listed.split("\n").filter((line) => line !== ""));
      update(`0 of ${packages.size} packages`);
      const compiled = compileProgress(packages);
      const build = buildArguments(program, join(partial, program.name));
      await runGo(run, build, (line) => show(compiled(line)), packages);

      function show(detail: string | undefined): void {
        if (detail !== undefined) {
          update(detail);
        }
      }
    }),
  );
  return executable;
}

/** Where the program is kept once built. */
export async function goProgramFolder(program: GoProgram, environment: NodeJS.ProcessEnv): Promise<string> {
  const key = await buildKey(program, `${process.platform}/${process.arch}`);
  return join(toolchainDirectory(environment), key);
}

/** Runs `go` in the program's module and gives what it printed. It ends when we do. */
async function runGo(
  { go, program, environment }: { go: string; program: GoProgram; environment: NodeJS.ProcessEnv },
  goArguments: readonly string[],
  onLine: (line: string) => void,
  packages: ReadonlySet<string> = new Set(),
): Promise<string> {
  const result = await runProgram(go, goArguments, { directory: program.module, environment, onLine });
  if (result.failure !== undefined) {
    const tail = errorTail(result.errorLines, packages) || result.failure;
    throw new LabError(`Building ${program.title} failed: go ${goArguments[0]} ended with an error.\n${tail}`, {
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

/** What to show for a line that Go printed; undefined for one that is no progress. */
type BuildProgress = (line: string) => string | undefined;

/** Counts "go: downloading MODULE VERSION" against the modules that go.mod names (not all of them are needed). */
export function downloadProgress(modules: number): BuildProgress {
  let count = 0;
  return (line) => {
    if (!line.startsWith("go: downloading ")) {
      return undefined;
    }
    count += 1;
    return `${count} of up to ${Math.max(count, modules)} modules downloaded`;
  };
}

/** Counts the import paths that `go build -v` prints against all that the program is made of. */
export function compileProgress(packages: ReadonlySet<string>): BuildProgress {
  const compiled = new Set<string>();
  return (line) => {
    const path = line.trim();
    if (!packages.has(path) || compiled.has(path)) {
      return undefined;
    }
    compiled.add(path);
    return `${compiled.size} of ${packages.size} packages`;
  };
}

/** What to show of a failed build: its last lines, without the mere names of packages and downloads. */
export function errorTail(output: readonly string[], packages: ReadonlySet<string>, count = 20): string {
  const relevant = output.filter(
    (line) => line.trim() !== "" && !packages.has(line.trim()) && !line.startsWith("go: downloading "),
  );
  return relevant.slice(-count).join("\n");
}
