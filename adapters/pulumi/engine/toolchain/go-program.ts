import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

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
export const GO_VARIABLES: Readonly<Record<string, string>> = {
  GOTOOLCHAIN: "local",
  GOFLAGS: "-mod=readonly",
  GOWORK: "off",
  CGO_ENABLED: "0",
};

/** Arguments of `go` that build the program into the file `output`. `-v` names each package as it is compiled. */
export function buildArguments(program: GoProgram, output: string): string[] {
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
